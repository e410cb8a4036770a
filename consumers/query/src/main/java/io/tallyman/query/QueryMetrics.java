package io.tallyman.query;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tallyman.query.live.LiveFeed;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.topology.UnreadableRecords;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/** What the service measures of itself, for Prometheus. */
final class QueryMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbage = new JvmGcMetrics();
  private @Nullable KafkaStreamsMetrics kafka;

  QueryMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    garbage.bindTo(registry);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Takes the metrics of a new Kafka Streams client in place of the old one's. */
  synchronized void follow(KafkaStreams streams) {
    if (kafka != null) {
      kafka.close();
    }
    kafka = new KafkaStreamsMetrics(streams);
    kafka.bindTo(registry);
  }

  void follow(FleetStreams streams, LiveFeed feed, UnreadableRecords unreadable) {
    Gauge.builder(
            "tallyman.query.running", streams, s -> s.state() == QueryState.RUNNING ? 1.0 : 0.0)
        .description("1 while requests are answered from state")
        .register(registry);
    Gauge.builder("tallyman.query.stream.clients", feed, LiveFeed::clients)
        .description("Clients of the live stream")
        .register(registry);
    FunctionCounter.builder("tallyman.query.stream.frames.encoded", feed, LiveFeed::framesEncoded)
        .description("Frames of the live stream that were encoded")
        .register(registry);
    FunctionCounter.builder("tallyman.query.stream.frames.sent", feed, LiveFeed::framesSent)
        .description("Frames of the live stream that were handed to clients, who share them")
        .register(registry);
    FunctionCounter.builder("tallyman.query.records.restored", streams, FleetStreams::restored)
        .description("Entries of the state read back from Kafka because they were not on disk")
        .register(registry);
    FunctionCounter.builder(
            "tallyman.query.records.rejected", unreadable, UnreadableRecords::rejected)
        .description("Records passed over because they cannot be read")
        .register(registry);
    Gauge.builder("tallyman.query.records.waiting", unreadable, UnreadableRecords::waiting)
        .description("Records kept until their schema can be had")
        .register(registry);
  }

  @Override
  public synchronized void close() {
    if (kafka != null) {
      kafka.close();
    }
    garbage.close();
    registry.close();
  }
}
