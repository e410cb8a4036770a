package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.Reading;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import io.tallyman.sink.WorkerState;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import io.tallyman.v1.ContainerState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sinks as users run them, on a real broker. */
@Tag("kafka")
class SinkApplicationTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  private final String prefix = kafka.uniquePrefix();
  private final String group = "tallyman." + prefix + "memory";
  private final InMemoryStore store = new InMemoryStore();
  private final List<RunningSink> running = new ArrayList<>();

  @AfterEach
  void close() {
    running.forEach(RunningSink::close);
  }

  @Test
  void writesCommitsAndTellsHowItIs() throws Exception {
    var sink = start(1, () -> new InMemorySink(store));
    send(50);

    await().atMost(LONG).until(() -> store.content().size() == 50);
    await().atMost(LONG).until(() -> committedRecords() == 50);
    assertThat(get(sink, "/health/readiness").statusCode()).isEqualTo(200);
    assertThat(get(sink, "/health/liveness").statusCode()).isEqualTo(200);
    assertThat(get(sink, "/health/readiness").body())
        .contains("\"worker-0\":{\"state\":\"running\"");
    assertThat(get(sink, "/metrics").body())
        .contains("tallyman_sink_consumed_records_total{sink=\"memory\"} 50.0")
        .contains("tallyman_sink_written_records_total{sink=\"memory\"} 50.0")
        .contains("tallyman_sink_in_flight_records{sink=\"memory\"} 0.0")
        .contains("tallyman_sink_lag_records{partition=\"0\",sink=\"memory\",topic=\"" + prefix);
  }

  @Test
  void poisonGoesToItsOwnTopicWithItsBytesAndTheRestIsWritten() throws Exception {
    start(1, () -> new InMemorySink(store));
    var good = Samples.toSend(prefix, Samples.stats().build());
    var poison = new ProducerRecord<>(good.topic(), bytes("host"), bytes("garbage"));
    poison.headers().add("ce_id", bytes("original"));
    kafka.send(List.of(poison, good));

    await().atMost(LONG).until(() -> store.content().size() == 1);
    var letters = kafka.readAll(prefix + "docker.stats.v1.dlq.memory");
    assertThat(letters)
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.value()).isEqualTo(bytes("garbage"));
          assertThat(letter.key()).isEqualTo(bytes("host"));
          var headers = new java.util.HashMap<String, String>();
          letter.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
          assertThat(headers)
              .containsEntry("ce_id", "original")
              .containsEntry("__connect.errors.topic", prefix + "docker.stats.v1")
              .containsEntry("__connect.errors.partition", "0")
              .containsEntry("__connect.errors.offset", "0")
              .containsEntry("__connect.errors.connector.name", "memory")
              .containsEntry("__connect.errors.task.id", "0")
              .containsEntry("__connect.errors.stage", "VALUE_CONVERTER")
              .containsKeys(
                  "__connect.errors.class.name",
                  "__connect.errors.exception.class.name",
                  "__connect.errors.exception.message",
                  "__connect.errors.exception.stacktrace");
        });
    await().atMost(LONG).until(() -> committedRecords() == 2);
  }

  @Test
  void whatWasWrittenButNotCommittedIsDeliveredAgain() throws Exception {
    send(30);
    // Dies after the write, as a killed process does: nothing after the flush is reached.
    var crashing = start(1, () -> new CrashingSink(store));

    var failure = crashing.awaitStop();

    assertThat(failure).hasValueSatisfying(f -> assertThat(f.message()).isEqualTo("killed"));
    assertThat(committedRecords()).isZero();
    assertThat(get(crashing, "/health/liveness").statusCode()).isEqualTo(503);
    var before = store.content();
    assertThat(before).isNotEmpty();
    crashing.close();

    var successor = start(1, () -> new InMemorySink(store));
    await().atMost(LONG).until(() -> committedRecords() == 30);
    assertThat(store.content()).containsAllEntriesOf(before).hasSize(30);
    assertThat(successor.figures().consumed()).isEqualTo(30);
  }

  @Test
  void staysInTheGroupWhileTheStoreIsAwayAndLosesNothing() throws Exception {
    var sink = start(1, () -> new InMemorySink(store));
    send(10);
    await().atMost(LONG).until(() -> committedRecords() == 10);

    store.setDown(true);
    send(20);
    await()
        .atMost(LONG)
        .until(() ->
            sink.states().getFirst() instanceof WorkerState.Waiting(var r, var s, var n) && n >= 3);
    assertThat(get(sink, "/health/readiness").statusCode()).isEqualTo(503);
    assertThat(get(sink, "/health/readiness").body()).contains("the store is down");
    assertThat(get(sink, "/health/liveness").statusCode()).isEqualTo(200);
    assertThat(committedRecords()).isEqualTo(10);

    store.setDown(false);
    await().atMost(LONG).until(() -> committedRecords() == 20);
    assertThat(store.content()).hasSize(20);
    assertThat(sink.figures().inFlight()).isZero();
    assertThat(sink.figures().returned()).isZero();
  }

  @Test
  void workersAndProcessesShareThePartitions() throws Exception {
    kafka.createTopics(prefix, 4);
    var first = start(2, () -> new InMemorySink(store));
    send(100);
    await().atMost(LONG).until(() -> committedRecords() == 100);

    var second = start(2, () -> new InMemorySink(store));
    await().atMost(LONG).until(() -> members() == 4);
    send(200);
    await().atMost(LONG).until(() -> committedRecords() == 200);
    second.close();
    send(300);
    await().atMost(LONG).until(() -> committedRecords() == 300);

    assertThat(store.content()).hasSize(300);
    for (var sink : List.of(first, second)) {
      assertThat(sink.figures().inFlight()).isZero();
    }
    assertThat(first.figures().consumed() + second.figures().consumed())
        .isGreaterThanOrEqualTo(300);
  }

  @Test
  void aSinkThatFailsStopsOnlyItself() throws Exception {
    var good = start(1, () -> new InMemorySink(store));
    var bad =
        SinkApplication.start(
            config("bad", 1, kafka.bootstrapServers()),
            new MemoryProvider(() ->
                new IdleSink() {
                  @Override
                  public void put(List<SinkRecord> batch) {
                    throw new IllegalStateException("a bug");
                  }
                }));
    running.add(bad);
    send(10);

    assertThat(bad.awaitStop()).hasValueSatisfying(f -> assertThat(f.message()).isEqualTo("a bug"));
    await().atMost(LONG).until(() -> committedRecords() == 10);
    assertThat(good.states()).allMatch(WorkerState.Running.class::isInstance);
  }

  @Test
  void atTheTailOnlyWhatIsNewIsReadOfAllPartitionsAndNothingIsCommitted() throws Exception {
    kafka.createTopics(prefix, 3);
    send(30);
    var sink =
        SinkApplication.start(
            config("memory", 1, kafka.bootstrapServers()),
            new MemoryProvider(() -> new InMemorySink(store), Reading.TAIL));
    running.add(sink);
    await().atMost(LONG).until(() -> sink.states().getFirst() instanceof WorkerState.Running);

    send(60);

    await().atMost(LONG).until(() -> store.content().size() == 30);
    assertThat(store.content().keySet()).allMatch(identity -> !identity.contains("host-29 "));
    assertThat(sink.figures().consumed()).isEqualTo(30);
    assertThat(committedRecords()).isZero();
    assertThat(get(sink, "/health/readiness").statusCode()).isEqualTo(200);
  }

  @Test
  void atTheTailStatesAreReadFromTheBeginning() {
    kafka.createTopics(prefix);
    kafka.send(
        List.of(
            Samples.toSend(prefix, Samples.stats().build()),
            Samples.toSend(prefix, Samples.state().build())));
    var topics = List.of(Topics.STATS.name(), Topics.CONTAINERS.name());
    var sink =
        SinkApplication.start(
            config("memory", 1, kafka.bootstrapServers()),
            new MemoryProvider(() -> new InMemorySink(store), Reading.TAIL, topics));
    running.add(sink);

    await().atMost(LONG).until(() -> store.content().size() == 1);
    assertThat(store.content().values())
        .allSatisfy(record -> assertThat(record).containsInstanceOf(ContainerState.class));
  }

  private RunningSink start(int workers, Supplier<RecordSink> sinks) {
    var sink =
        SinkApplication.start(
            config("memory", workers, kafka.bootstrapServers()), new MemoryProvider(sinks));
    running.add(sink);
    return sink;
  }

  private SinkConfig config(String name, int workers, String bootstrapServers) {
    return new SinkConfig(
        name,
        bootstrapServers,
        Map.of(),
        new TopicSettings(prefix, 1, OptionalInt.empty()),
        List.of(),
        workers,
        "127.0.0.1",
        0,
        Map.of());
  }

  /** Sends the samples up to that number of different containers, those before included. */
  private void send(int upTo) {
    kafka.createTopics(prefix);
    var already = kafka.readAll(prefix + Topics.STATS.name()).size();
    kafka.send(
        IntStream.range(already, upTo)
            .mapToObj(i ->
                Samples.toSend(
                    prefix,
                    Samples.stats()
                        .setHostId("host-" + i)
                        .setContainerId(Samples.containerId(i))
                        .build()))
            .toList());
  }

  private long committedRecords() {
    return kafka.committed(group).values().stream().mapToLong(Long::longValue).sum();
  }

  private int members() throws Exception {
    try (var admin = kafka.admin()) {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .mapToInt(description -> description.members().size())
          .sum();
    }
  }

  private static HttpResponse<String> get(RunningSink sink, String path)
      throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sink.httpPort() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** A sink that does nothing, to be changed in one place. */
  private abstract static class IdleSink implements RecordSink {
    @Override
    public void open(SinkContext context) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Writes, and then dies within the flush. */
  private static final class CrashingSink implements RecordSink {

    private final InMemorySink sink;

    CrashingSink(InMemoryStore store) {
      this.sink = new InMemorySink(store);
    }

    @Override
    public void open(SinkContext context) throws SinkException {
      sink.open(context);
    }

    @Override
    public void put(List<SinkRecord> batch) throws SinkException {
      sink.put(batch);
    }

    @Override
    public void flush() throws SinkException {
      sink.flush();
      throw new IllegalStateException("killed");
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
