package io.tallyman.sink.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tallyman.sink.CountingSinkMetrics;
import io.tallyman.sink.CountingSinkMetrics.Figures;
import io.tallyman.sink.SinkMetrics;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * Shows the figures to Prometheus. All of one scrape are of one moment, so that the identity of
 * {@link SinkMetrics} holds in it.
 */
final class MicrometerSinkMetrics implements SinkMetrics, AutoCloseable {

  private final CountingSinkMetrics counting = new CountingSinkMetrics();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MultiGauge lag;
  private final Set<String> shownReasons = new HashSet<>();
  private volatile Figures shown = counting.figures();

  MicrometerSinkMetrics(String sinkName) {
    registry.config().commonTags("sink", sinkName);
    counter("consumed.records", "Taken from Kafka into a batch", Figures::consumed);
    counter("written.records", "Durable in the store", Figures::written);
    counter("dead.lettered.records", "Acknowledged as dead letters", Figures::deadLettered);
    counter("returned.records", "Given back to the group unwritten", Figures::returned);
    counter("retries", "Attempts that failed because something was away", Figures::retries);
    Gauge.builder("tallyman.sink.in.flight.records", this, m -> m.shown.inFlight())
        .description("Taken from Kafka, and neither written nor dead-lettered nor returned yet")
        .register(registry);
    FunctionTimer.builder(
            "tallyman.sink.write",
            this,
            m -> m.shown.batches(),
            m -> m.shown.writeNanos(),
            TimeUnit.NANOSECONDS)
        .description("Batches written, and the time of their put and flush")
        .register(registry);
    lag =
        MultiGauge.builder("tallyman.sink.lag.records")
            .description("From the first record that is not done to the end of the partition")
            .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private void counter(String name, String description, ToDoubleFunction<Figures> figure) {
    FunctionCounter.builder("tallyman.sink." + name, this, m -> figure.applyAsDouble(m.shown))
        .description(description)
        .register(registry);
  }

  Figures figures() {
    return counting.figures();
  }

  /** Prometheus' text format. */
  synchronized String scrape() {
    shown = counting.figures();
    lag.register(
        shown.lag().entrySet().stream()
            .map(entry ->
                MultiGauge.Row.of(
                    Tags.of(
                        "topic",
                        entry.getKey().topic(),
                        "partition",
                        Integer.toString(entry.getKey().partition())),
                    entry.getValue()))
            .toList(),
        true);
    for (var reason : shown.ignored().keySet()) {
      if (shownReasons.add(reason)) {
        FunctionCounter.builder(
                "tallyman.sink.ignored.records",
                this,
                m -> m.shown.ignored().getOrDefault(reason, 0L))
            .description("Taken by the sink, but not kept by its store")
            .tag("reason", reason)
            .register(registry);
      }
    }
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }

  @Override
  public void consumed(long records) {
    counting.consumed(records);
  }

  @Override
  public void written(long records, long nanos) {
    counting.written(records, nanos);
  }

  @Override
  public void deadLettered(long records) {
    counting.deadLettered(records);
  }

  @Override
  public void returned(long records) {
    counting.returned(records);
  }

  @Override
  public void ignored(String reason, long records) {
    counting.ignored(reason, records);
  }

  @Override
  public void retried() {
    counting.retried();
  }

  @Override
  public void lag(TopicPartition partition, long records) {
    counting.lag(partition, records);
  }

  @Override
  public void unassigned(Collection<TopicPartition> partitions) {
    counting.unassigned(partitions);
  }
}
