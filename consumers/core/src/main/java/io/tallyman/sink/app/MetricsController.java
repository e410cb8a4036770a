package io.tallyman.sink.app;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** The sink's figures for Prometheus. */
@Controller("/metrics")
final class MetricsController {

  private final MicrometerSinkMetrics metrics;

  MetricsController(MicrometerSinkMetrics metrics) {
    this.metrics = metrics;
  }

  @Get(produces = "text/plain; version=0.0.4; charset=utf-8")
  String metrics() {
    return metrics.scrape();
  }
}
