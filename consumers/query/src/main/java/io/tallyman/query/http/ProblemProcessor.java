package io.tallyman.query.http;

import io.micronaut.http.HttpMethod;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** Gives the server's own errors (no such path, wrong method, …) the shape of ours. */
@Singleton
final class ProblemProcessor implements ErrorResponseProcessor<byte[]> {

  @Override
  public MutableHttpResponse<byte[]> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    String detail =
        context.hasErrors()
            ? context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "))
            : response.reason();
    MutableHttpResponse<byte[]> problem = Problem.of(response.status(), detail).response();
    response.getHeaders().forEach((name, values) -> values.forEach(v -> add(problem, name, v)));
    return context.getRequest().getMethod() == HttpMethod.HEAD
        ? problem.body(new byte[0])
        : problem;
  }

  private static void add(MutableHttpResponse<byte[]> problem, String name, String value) {
    if (!problem.getHeaders().contains(name)) {
      problem.header(name, value);
    }
  }
}
