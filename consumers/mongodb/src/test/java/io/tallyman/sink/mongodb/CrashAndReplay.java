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
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink as users run it over a log: killed between a write and its commit, finished, and over
 * the same log again with another kill. The store must have what the log says each time. A long log
 * is gone through in ranges, and the samples of one are dropped before the next: a server in this
 * process has them in memory.
 */
final class CrashAndReplay {

  private static final Logger log = LoggerFactory.getLogger(CrashAndReplay.class);

  private static final long SEED = 20_260_203;
  private static final int PARTITIONS = 3;
  private static final int MAX_RANGE = 50_000;

  /** At least so many of a range, so that there is a middle. */
  private static final int BATCHES = 12;

  private final KafkaExtension kafka;
  private final TestStore store;
  private final Duration patience;
  private final String prefix;
  private int batch;

  /**
   * On a store that is empty.
   *
   * @param patience for one run over a range
   */
  CrashAndReplay(KafkaExtension kafka, TestStore store, Duration patience) {
    this.kafka = kafka;
    this.store = store;
    this.patience = patience;
    this.prefix = kafka.uniquePrefix();
  }

  void check(int samples) throws InterruptedException {
    kafka.createTopics(prefix, PARTITIONS);
    var failure = new AtomicReference<Exception>();
    try (var producer = kafka.producer()) {
      var tally =
          new TallyLog(
              prefix,
              SEED,
              record -> {
                var _ =
                    producer.send(
                        record,
                        (_, e) -> {
                          if (e != null) {
                            failure.set(e);
                          }
                        });
              });
      for (int written = 0; written < samples; written += MAX_RANGE) {
        int before = tally.records();
        tally.write(Math.min(MAX_RANGE, samples - written));
        producer.flush();
        assertThat(failure.get()).isNull();
        batch = (tally.records() - before) / BATCHES;
        range(tally);
        store.collection("stats").drop();
        tally.reference().forgetSamples();
      }
    }
  }

  private void range(TallyLog tally) throws InterruptedException {
    var expected = tally.reference().fingerprint().toString();
    var started = System.nanoTime();

    // Killed after a write in the middle: nothing of that batch is committed.
    try (var killed = start("mongodb", new Killed(4))) {
      assertThat(killed.awaitStop())
          .hasValueSatisfying(end -> assertThat(end.message()).isEqualTo("killed"));
    }
    assertThat(committed("mongodb")).isLessThan(tally.records());
    finish("mongodb", tally.records());
    assertThat(Reference.of(store)).as("seed " + SEED).hasToString(expected);

    // The same range again, by another instance, killed in the middle too.
    try (var killed = start("again", new Killed(3))) {
      assertThat(killed.awaitStop()).isPresent();
    }
    finish("again", tally.records());
    assertThat(Reference.of(store)).hasToString(expected);
    log.info(
        "{}: {} records so far, the last range twice with two kills in {} ms; each time {}",
        store.server(),
        tally.records(),
        (System.nanoTime() - started) / 1_000_000,
        expected);
  }

  private void finish(String name, int records) {
    try (var _ = start(name, new Killed(Integer.MAX_VALUE))) {
      // A broker that shares two processors with a store is late now and then.
      await()
          .atMost(patience)
          .pollInterval(Duration.ofSeconds(1))
          .ignoreExceptions()
          .until(() -> committed(name) == records);
    }
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
            store.options()),
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
