package io.tallyman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.sink.Reading;
import io.tallyman.sink.WorkerState;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sinks that something keeps from starting. */
@Tag("kafka")
class SinkStartTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int ANY_PORT = 0;

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  private final String prefix = kafka.uniquePrefix();
  private final InMemoryStore store = new InMemoryStore();
  private final MemoryProvider provider = new MemoryProvider(() -> new InMemorySink(store));
  private final List<RunningSink> running = new ArrayList<>();

  @AfterEach
  void close() {
    running.forEach(RunningSink::close);
  }

  @Test
  void refusedCredentialsStopTheSinkWithAMessage() throws Exception {
    store.refuseCredentials();
    var sink = start(config(kafka.bootstrapServers(), 1, ANY_PORT));

    assertThat(sink.awaitStop())
        .hasValueSatisfying(
            f -> assertThat(f.message()).isEqualTo("the store refuses the password"));
  }

  @Test
  void waitsForKafkaAndCanBeStoppedMeanwhile() {
    var sink = start(config("127.0.0.1:1", 1, ANY_PORT));

    await().atMost(LONG).until(() -> sink.states().getFirst() instanceof WorkerState.Waiting);
    sink.close();

    await().atMost(LONG).until(() -> sink.states().getFirst() instanceof WorkerState.Stopped);
  }

  @Test
  void aTakenPortFailsTheStart() {
    var sink = start(config(kafka.bootstrapServers(), 1, ANY_PORT));
    var samePort = config(kafka.bootstrapServers(), 1, sink.httpPort());

    assertThatThrownBy(() -> SinkApplication.start(samePort, provider))
        .hasStackTraceContaining("Address already in use");
  }

  @Test
  void atTheTailThereIsOneWorker() {
    var tail = new MemoryProvider(() -> new InMemorySink(store), Reading.TAIL);

    assertThatThrownBy(
            () -> SinkApplication.start(config(kafka.bootstrapServers(), 2, ANY_PORT), tail))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the sink memory reads all partitions by itself: it has one worker, not 2");
  }

  private RunningSink start(SinkConfig config) {
    var sink = SinkApplication.start(config, provider);
    running.add(sink);
    return sink;
  }

  private SinkConfig config(String bootstrapServers, int workers, int httpPort) {
    return new SinkConfig(
        "memory",
        bootstrapServers,
        Map.of(),
        new TopicSettings(prefix, 1, OptionalInt.empty()),
        List.of(),
        workers,
        "127.0.0.1",
        httpPort,
        Map.of());
  }
}
