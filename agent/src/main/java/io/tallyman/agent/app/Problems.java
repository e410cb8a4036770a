package io.tallyman.agent.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import java.util.Map;

/** Refusals as {@code application/problem+json}. */
final class Problems {

  private Problems() {}

  /** One that says in a line what to do. */
  static HttpResponse<Map<String, Object>> of(HttpStatus status, String detail) {
    return HttpResponse.<Map<String, Object>>status(status)
        .contentType("application/problem+json")
        .body(Map.of("title", status.getReason(), "status", status.getCode(), "detail", detail));
  }
}
