package io.tallyman.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainerTest {

  @TempDir Path directory;

  private final RecordCodec codec = new RecordCodec("p.");
  private final BrokenBacklog backlog = new BrokenBacklog();
  private final HandProducer producer =
      new HandProducer(false) {
        @Override
        public void close(Duration timeout) {
          throw new IllegalStateException("cannot be closed");
        }
      };
  private Drainer drainer;

  @BeforeEach
  void start() {
    LaneBench bench = new LaneBench(directory, Set.of());
    LaneTools tools =
        new LaneTools(Spool::open, "p.", () -> {}, () -> producer, Clock.systemUTC(), Set.of());
    drainer =
        new Drainer(
            bench.settings(bench.spool(WhenFull.REFUSE)), backlog, codec, tools, (record, e) -> {});
    drainer.start();
  }

  @AfterEach
  void close() {
    drainer.close();
  }

  @Test
  void nothingIsThrownAtTheProducerWhateverGoesWrongWithItsAnswer() {
    backlog.left.add(parcel(0));
    backlog.left.add(parcel(1));
    LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("0", "1"));

    assertThatCode(() -> producer.acknowledge(0)).doesNotThrowAnyException();
    assertThatCode(() -> producer.fail(1, new TimeoutException("expired")))
        .doesNotThrowAnyException();
    backlog.left.add(parcel(2));
    LaneBench.eventually(() -> assertThat(producer.keys()).containsExactly("0", "1", "2"));
  }

  private Parcel parcel(int number) {
    return new Parcel(1 + number, codec.encode(LaneBench.record(number)));
  }

  /** Gives out records and can take no note of what becomes of them. */
  private static final class BrokenBacklog implements Backlog {

    private final Queue<Parcel> left = new ConcurrentLinkedQueue<>();

    @Override
    public List<Parcel> take(int maxRecords, int maxBytes, Duration wait) {
      Parcel next = left.poll();
      return next == null ? List.of() : List.of(next);
    }

    @Override
    public void acknowledged(Parcel parcel) {
      throw new IllegalStateException("cannot be noted");
    }

    @Override
    public void rejected(Parcel parcel) {}

    @Override
    public void rewind() {}

    @Override
    public boolean isEmpty() {
      return left.isEmpty();
    }
  }
}
