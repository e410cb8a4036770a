package io.tallyman.query.http;

import io.micronaut.context.annotation.Factory;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.tallyman.query.live.TooManyClientsException;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.view.AmbiguousException;
import io.tallyman.query.view.BadParameterException;
import io.tallyman.query.view.NotFoundException;
import jakarta.inject.Singleton;
import java.util.List;

/** Turns what the views throw into answers. */
@Factory
final class ProblemHandlers {

  /** How long restoring takes is not known; asking once a second hurts nobody. */
  static final String RETRY_AFTER_SECONDS = "1";

  /** One kind of exception. */
  interface Handler<E extends Throwable> extends ExceptionHandler<E, HttpResponse<byte[]>> {}

  @Singleton
  BadParameter badParameter() {
    return new BadParameter();
  }

  @Singleton
  NotFound notFound() {
    return new NotFound();
  }

  @Singleton
  Ambiguous ambiguous() {
    return new Ambiguous();
  }

  @Singleton
  NotReady notReady() {
    return new NotReady();
  }

  @Singleton
  TooManyClients tooManyClients() {
    return new TooManyClients();
  }

  @SuppressWarnings("rawtypes")
  static final class BadParameter implements Handler<BadParameterException> {
    @Override
    public HttpResponse<byte[]> handle(HttpRequest request, BadParameterException e) {
      return new Problem(
              HttpStatus.BAD_REQUEST,
              "Parameter " + e.parameter() + " " + e.getMessage(),
              e.parameter(),
              List.of())
          .response();
    }
  }

  @SuppressWarnings("rawtypes")
  static final class NotFound implements Handler<NotFoundException> {
    @Override
    public HttpResponse<byte[]> handle(HttpRequest request, NotFoundException e) {
      return Problem.of(HttpStatus.NOT_FOUND, String.valueOf(e.getMessage())).response();
    }
  }

  @SuppressWarnings("rawtypes")
  static final class Ambiguous implements Handler<AmbiguousException> {
    @Override
    public HttpResponse<byte[]> handle(HttpRequest request, AmbiguousException e) {
      return new Problem(HttpStatus.CONFLICT, String.valueOf(e.getMessage()), null, e.candidates())
          .response();
    }
  }

  @SuppressWarnings("rawtypes")
  static final class NotReady implements Handler<NotReadyException> {
    @Override
    public HttpResponse<byte[]> handle(HttpRequest request, NotReadyException e) {
      return Problem.of(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()))
          .response()
          .header("Retry-After", RETRY_AFTER_SECONDS);
    }
  }

  @SuppressWarnings("rawtypes")
  static final class TooManyClients implements Handler<TooManyClientsException> {
    @Override
    public HttpResponse<byte[]> handle(HttpRequest request, TooManyClientsException e) {
      return Problem.of(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()))
          .response()
          .header("Retry-After", RETRY_AFTER_SECONDS);
    }
  }
}
