package io.tallyman.query.http;

import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.FilterContinuation;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Gives up a request that is not answered in time. A stream counts as answered when it begins. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(TimeoutFilter.ORDER)
final class TimeoutFilter {

  /** After those that refuse. */
  static final int ORDER = 200;

  private final Duration timeout;

  TimeoutFilter(RequestTimeout limit) {
    this.timeout = limit.timeout();
  }

  @RequestFilter
  Publisher<MutableHttpResponse<?>> limit(
      FilterContinuation<Publisher<MutableHttpResponse<?>>> request) {
    return Mono.<MutableHttpResponse<?>>from(request.proceed())
        .timeout(timeout, Mono.fromSupplier(this::tooLate));
  }

  private MutableHttpResponse<?> tooLate() {
    return Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            "No answer within " + timeout.toMillis() / 1000.0 + " s")
        .response()
        .header("Retry-After", ProblemHandlers.RETRY_AFTER_SECONDS);
  }
}
