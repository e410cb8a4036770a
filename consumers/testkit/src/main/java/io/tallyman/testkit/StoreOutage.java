package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink at work whose store goes away for a while, as samples keep coming: nothing is lost, memory
 * stays flat, and health and lag tell of it.
 */
public final class StoreOutage {

  /** A store that can be taken away. */
  public interface Store {

    void stop();

    void start();

    /** How many samples it holds. */
    long samples();
  }

  /** Long enough for memory to grow, if it did. */
  public static final Duration SHORT = Duration.ofSeconds(6);

  /** What the project promises to have tried. */
  public static final Duration FULL = Duration.ofMinutes(5);

  private static final Logger log = LoggerFactory.getLogger(StoreOutage.class);

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int SAMPLES_PER_SECOND = 500;
  private static final int BURSTS_PER_SECOND = 5;
  private static final int HEAP_READINGS = 12;

  /** What the samples of the outage are together, padded: so much memory all of them would need. */
  private static final long OUTAGE_MIB = 96;

  /** From the first third of the outage to the last, in which two thirds of them come. */
  private static final long FLAT_MIB = OUTAGE_MIB / 4;

  private static final Pattern LAG =
      Pattern.compile("^tallyman_sink_lag_records\\{.*} ([0-9.E]+)$", Pattern.MULTILINE);

  private final KafkaExtension kafka;
  private final SinkProvider provider;
  private final Map<String, String> options;
  private final Store store;
  private final String prefix;
  private final AtomicInteger sent = new AtomicInteger();

  /** On a store that is there and empty. */
  public StoreOutage(
      KafkaExtension kafka, SinkProvider provider, Map<String, String> options, Store store) {
    this.kafka = kafka;
    this.provider = provider;
    this.options = options;
    this.store = store;
    this.prefix = kafka.uniquePrefix();
  }

  /** Takes the store away for that long. */
  public void check(Duration outage) {
    kafka.createTopics(prefix);
    long samples = SAMPLES_PER_SECOND * outage.toSeconds();
    var padding = new byte[(int) ((OUTAGE_MIB << 20) / samples)];
    try (var producer = kafka.producer();
        var clock = Executors.newSingleThreadScheduledExecutor();
        var sink = start()) {
      var _ =
          clock.scheduleAtFixedRate(
              () -> burst(producer, padding), 0, 1_000 / BURSTS_PER_SECOND, TimeUnit.MILLISECONDS);
      await().atMost(PATIENCE).until(() -> store.samples() > SAMPLES_PER_SECOND);

      store.stop();
      await().atMost(PATIENCE).until(() -> get(sink, "/health/readiness").statusCode() == 503);
      assertThat(get(sink, "/health/liveness").statusCode()).isEqualTo(200);
      int sentBefore = sent.get();
      var heap = new ArrayList<Long>();
      for (int i = 0; i < HEAP_READINGS; i++) {
        await().pollDelay(outage.dividedBy(HEAP_READINGS)).atMost(PATIENCE).until(() -> true);
        heap.add(heapMib());
      }
      int missed = sent.get() - sentBefore;
      await().atMost(PATIENCE).until(() -> lag(sink) >= missed);
      long lag = lag(sink);
      store.start();
      clock.shutdown();

      await().atMost(PATIENCE).until(() -> store.samples() == sent.get());
      await().atMost(PATIENCE).until(() -> get(sink, "/health/readiness").statusCode() == 200);
      assertThat(median(heap.subList(HEAP_READINGS * 2 / 3, HEAP_READINGS)))
          .as("MiB after collections: %s", heap)
          .isLessThan(median(heap.subList(0, HEAP_READINGS / 3)) + FLAT_MIB);
      log.info(
          "{} without its store for {} s: {} samples sent, {} stored, lag {} at the end, heap {} MiB",
          provider.name(),
          outage.toSeconds(),
          sent,
          store.samples(),
          lag,
          heap);
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /** Ends when Kafka has all of it, so that nothing gathers in the producer. */
  private void burst(Producer<byte[], byte[]> producer, byte[] padding) {
    for (int i = 0; i < SAMPLES_PER_SECOND / BURSTS_PER_SECOND; i++) {
      int n = sent.get();
      var sample =
          RecordedSamples.nth(n)
              .setContainerId(Samples.containerId(n % 100))
              .setSampledAt(Samples.TIME.plusSeconds(n))
              .build();
      var record = Samples.toSend(prefix, sample);
      // In a header, which is in memory with its record but not in the store.
      record.headers().add("padding", padding);
      var _ = producer.send(record);
      sent.incrementAndGet();
    }
    producer.flush();
  }

  private RunningSink start() {
    return SinkApplication.start(
        new SinkConfig(
            provider.name(),
            kafka.bootstrapServers(),
            Map.of(),
            new TopicSettings(prefix, 1, OptionalInt.empty()),
            List.of(),
            1,
            "127.0.0.1",
            0,
            options),
        provider);
  }

  private static long heapMib() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed() >> 20;
  }

  private static long lag(RunningSink sink) {
    return LAG.matcher(get(sink, "/metrics").body())
        .results()
        .mapToLong(match -> (long) Double.parseDouble(match.group(1)))
        .sum();
  }

  private static HttpResponse<String> get(RunningSink sink, String path) {
    var uri = URI.create("http://127.0.0.1:" + sink.httpPort() + path);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString(UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
