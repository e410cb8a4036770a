package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.SinkRecord;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import io.tallyman.testkit.KafkaExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sink as users run it, killed between a write and its commit, and over the same log again. */
@Tag("kafka")
@ParameterizedClass(name = "{0}")
@MethodSource("io.tallyman.sink.mongodb.TestServer#all")
class CrashAndReplayTest {

  private static final Logger log = LoggerFactory.getLogger(CrashAndReplayTest.class);

  private static final Duration LONG = Duration.ofMinutes(4);
  private static final long SEED = 20_260_203;
  private static final int PARTITIONS = 3;

  /** At least so many, so that there is a middle. */
  private static final int BATCHES = 12;

  /** What a server that takes small bulks alone gets through in a reasonable time. */
  private static final int FEW_SAMPLES = 600;

  private static final int SAMPLES = Integer.getInteger("tallyman.mongodb.samples", 50_000);

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @Parameter @Nullable TestServer server;

  private final String prefix = kafka.uniquePrefix();
  private @Nullable TestStore opened;
  private int batch;

  @BeforeEach
  void openStore() {
    opened = new TestStore(Objects.requireNonNull(server));
    kafka.createTopics(prefix, PARTITIONS);
  }

  @AfterEach
  void closeStore() {
    store().close();
  }

  private TestStore store() {
    return Objects.requireNonNull(opened);
  }

  @Test
  void aKillAndAReplayLeaveWhatTheLogSays() throws Exception {
    boolean large = Objects.requireNonNull(server).equals(TestServer.inThisProcess());
    var tally = TallyLog.of(prefix, large ? SAMPLES : FEW_SAMPLES, SEED);
    kafka.send(tally.records());
    int records = tally.records().size();
    batch = records / BATCHES;
    var started = System.nanoTime();

    // Killed after a write in the middle: nothing of that batch is committed.
    try (var killed = start("mongodb", new Killed(4))) {
      assertThat(killed.awaitStop())
          .hasValueSatisfying(end -> assertThat(end.message()).isEqualTo("killed"));
    }
    assertThat(committed("mongodb")).isLessThan(records);
    try (var _ = start("mongodb", new Killed(Integer.MAX_VALUE))) {
      await().atMost(LONG).until(() -> committed("mongodb") == records);
    }
    var lines = Reference.of(store().content());
    var checksum = Reference.checksum(lines);
    assertThat(lines).as("seed " + SEED).isEqualTo(tally.reference().lines());

    // The same range again, by another instance, killed in the middle too.
    try (var killed = start("again", new Killed(3))) {
      assertThat(killed.awaitStop()).isPresent();
    }
    assertThat(Reference.of(store().content())).isEqualTo(lines);
    try (var _ = start("again", new Killed(Integer.MAX_VALUE))) {
      await().atMost(LONG).until(() -> committed("again") == records);
    }

    assertThat(Reference.checksum(Reference.of(store().content()))).isEqualTo(checksum);
    log.info(
        "{}: {} records, {} documents, twice with two kills in {} ms; SHA-256 {}",
        server,
        records,
        store().content().values().stream().mapToInt(Map::size).sum(),
        (System.nanoTime() - started) / 1_000_000,
        checksum);
  }

  private long committed(String name) {
    return kafka.committed("tallyman." + prefix + name).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private RunningSink start(String name, Killed provider) {
    return SinkApplication.start(
        new SinkConfig(
            name,
            kafka.bootstrapServers(),
            Map.of("max.poll.records", String.valueOf(Math.min(5_000, batch))),
            new TopicSettings(prefix, PARTITIONS, OptionalInt.empty()),
            List.of(),
            1,
            "127.0.0.1",
            0,
            store().options()),
        provider);
  }

  /** The sink, which dies after so many writes and before anybody hears that they succeeded. */
  private record Killed(AtomicInteger writesLeft) implements SinkProvider {

    Killed(int writes) {
      this(new AtomicInteger(writes));
    }

    @Override
    public String name() {
      return "mongodb";
    }

    @Override
    public String description() {
      return "dies";
    }

    @Override
    public List<SinkOption> options() {
      return new MongoProvider().options();
    }

    @Override
    public List<String> topics() {
      return new MongoProvider().topics();
    }

    @Override
    public RecordSink create() {
      var sink = new MongoSink();
      return new RecordSink() {
        @Override
        public void open(SinkContext context) throws SinkException {
          sink.open(context);
        }

        @Override
        public void put(List<SinkRecord> batch) throws SinkException {
          sink.put(batch);
          if (writesLeft.decrementAndGet() <= 0) {
            throw new IllegalStateException("killed");
          }
        }

        @Override
        public void flush() {
          sink.flush();
        }

        @Override
        public void close() {
          sink.close();
        }
      };
    }
  }
}
