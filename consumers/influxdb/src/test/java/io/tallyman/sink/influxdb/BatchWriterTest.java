package io.tallyman.sink.influxdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class BatchWriterTest {

  /** Stores what it can of a request, and tells only the first thing that was wrong. */
  private final class PickyStore implements LineStore {

    private final Set<String> stored = new TreeSet<>();
    private final List<Integer> sizes = new ArrayList<>();
    private Predicate<Line> bad = line -> false;
    private long keptFromNanos = Long.MIN_VALUE;
    private int maxLines = Integer.MAX_VALUE;
    private final List<String> journal = new ArrayList<>();

    @Override
    public Request prepare(List<Line> lines) {
      journal.add("prepare " + lines.size());
      return () -> {
        journal.add("send " + lines.size());
        return () -> {
          journal.add("answer " + lines.size());
          return answer(lines);
        };
      };
    }

    private Answer answer(List<Line> lines) {
      sizes.add(lines.size());
      now = now.plus(requestTime);
      if (lines.size() > maxLines) {
        return new Answer.TooLarge();
      }
      int old = 0;
      boolean refused = false;
      for (var line : lines) {
        if (bad.test(line)) {
          refused = true;
        } else if (line.timeNanos() < keptFromNanos) {
          old++;
        } else {
          stored.add(line.text());
        }
      }
      // As InfluxDB 1 does: what is too old hides what is bad.
      if (old > 0) {
        return new Answer.TooOld(old);
      }
      return refused ? new Answer.Refused("it is bad") : new Answer.Stored();
    }
  }

  private Instant now = Instant.EPOCH;
  private Duration requestTime = Duration.ZERO;
  private final PickyStore store = new PickyStore();
  private final BatchWriter writer = new BatchWriter(store, () -> now);

  private static SinkRecord record(int n) {
    return Samples.sinkRecord(Samples.stats().build(), n);
  }

  private void write(int lines) throws SinkException {
    for (int i = 0; i < lines; i++) {
      writer.add(new Line(record(i), i, "line " + i));
    }
    writer.flush();
  }

  @Test
  void writesInBatches() throws SinkException {
    write(12_000);

    assertThat(store.sizes).containsExactly(5_000, 5_000, 2_000);
    assertThat(store.stored).hasSize(12_000);
    assertThat(writer.rejected()).isEmpty();
  }

  @Test
  void preparesTheNextRequestWhileOneIsUnderWay() throws SinkException {
    write(10_001);

    assertThat(store.journal)
        .containsExactly(
            "prepare 5000",
            "send 5000",
            "prepare 5000",
            "answer 5000",
            "send 5000",
            "prepare 1",
            "answer 5000",
            "send 1",
            "answer 1");
  }

  @Test
  void findsTheBadOnesAndStoresTheOthers() throws SinkException {
    store.bad = line -> Set.of(0L, 1L, 777L, 4_999L).contains(line.timeNanos());

    write(5_000);

    assertThat(writer.rejected())
        .containsOnlyKeys(record(0), record(1), record(777), record(4_999))
        .containsValue("it is bad");
    assertThat(store.stored).hasSize(4_996);
    assertThat(store.sizes).hasSizeLessThan(4 * 2 * 13);
  }

  @Test
  void aSlowStoreThatRefusesManyIsLeftInTimeAndAllAreFoundInTheEnd() throws SinkException {
    store.bad = line -> line.timeNanos() % 2 == 0;
    requestTime = Duration.ofSeconds(1);
    var left = new ArrayList<Integer>();
    for (int i = 0; i < 200; i++) {
      left.add(i);
    }

    Map<SinkRecord, String> rejected = Map.of(record(-1), "to begin with");
    for (int puts = 0; !rejected.isEmpty() && puts < 100; puts++) {
      var start = now;
      rejected = put(left);
      assertThat(Duration.between(start, now))
          .isLessThan(BatchWriter.MAX_SINGLING_OUT.plusSeconds(5));
      var found = rejected.keySet();
      left.removeIf(n -> found.contains(record(n)));
    }

    assertThat(rejected).isEmpty();
    assertThat(left).hasSize(100).allMatch(n -> n % 2 == 1);
    assertThat(store.stored).hasSize(100);
  }

  /** As the sink does, what was rejected. */
  private Map<SinkRecord, String> put(List<Integer> lines) throws SinkException {
    var attempt = new BatchWriter(store, () -> now);
    try {
      for (int n : lines) {
        attempt.add(new Line(record(n), n, "line " + n));
      }
      attempt.flush();
      return attempt.rejected();
    } catch (SinkException.Rejected e) {
      return e.reasons();
    }
  }

  @Test
  void splitsWhatIsTooLarge() throws SinkException {
    store.maxLines = 1_300;

    write(5_000);

    assertThat(store.stored).hasSize(5_000);
    assertThat(writer.rejected()).isEmpty();
  }

  @Test
  void aLineThatIsTooLargeByItselfIsRejected() throws SinkException {
    store.maxLines = 0;

    write(3);

    assertThat(writer.rejected()).hasSize(3);
  }

  @Test
  void whatIsTooOldIsSetAsideAndNotRejected() throws SinkException {
    store.keptFromNanos = 100;

    write(5_000);

    assertThat(writer.tooOld()).hasSize(100).contains(record(0), record(99));
    assertThat(writer.rejected()).isEmpty();
    assertThat(store.stored).hasSize(4_900);
  }

  @Test
  void whatIsTooOldHidesNothingThatIsBad() throws SinkException {
    store.keptFromNanos = 100;
    store.bad = line -> line.timeNanos() == 3_000;

    write(5_000);

    assertThat(writer.rejected()).containsOnlyKeys(record(3_000));
    assertThat(writer.tooOld()).hasSize(100);
    assertThat(store.stored).hasSize(4_899);
  }

  @Test
  void anOutageInTheMiddleIsAnOutage() {
    LineStore away =
        lines ->
            () ->
                () -> {
                  throw new SinkException.Unavailable("away", null);
                };
    var writing = new BatchWriter(away, () -> now);

    assertThatThrownBy(
            () -> {
              writing.add(new Line(record(0), 0, "line"));
              writing.flush();
            })
        .isInstanceOf(SinkException.Unavailable.class);
  }
}
