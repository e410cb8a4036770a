package io.tallyman.query.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A minute of a container: its readings while they are kept, then what they come to.
 *
 * <p>An open minute is a sorted set, so neither the order in which readings come nor a second
 * coming changes it, nor what it is rolled up to.
 */
public sealed interface Minute {

  /** Milliseconds of one. */
  long MILLIS = 60_000;

  /** More readings in a minute are left out: one a second, and twice as many between ticks. */
  int MAX_READINGS = 180;

  /** What its readings come to, compared among each other only. */
  Rollup rollup();

  /** Adds it to what is being melted. */
  void addTo(RollupBuilder builder);

  /**
   * While readings are kept.
   *
   * @param readings from old to new, at least one
   */
  record Open(List<Reading> readings) implements Minute {

    /** Copies the list. */
    public Open {
      readings = List.copyOf(readings);
    }

    /** With that reading; null when it is known, or the minute is full. */
    public @Nullable Open with(Reading reading) {
      if (readings.size() >= MAX_READINGS || has(reading.sampledMicros())) {
        return null;
      }
      List<Reading> more = new ArrayList<>(readings);
      int found = Collections.binarySearch(more, reading, Reading.ORDER);
      more.add(-found - 1, reading);
      return new Open(more);
    }

    /** Whether there is a reading that states this time. */
    public boolean has(long sampledMicros) {
      return readings.stream().anyMatch(known -> known.sampledMicros() == sampledMicros);
    }

    @Override
    public Rollup rollup() {
      RollupBuilder builder = new RollupBuilder();
      addTo(builder);
      return builder.build();
    }

    @Override
    public void addTo(RollupBuilder builder) {
      readings.forEach(builder::add);
    }
  }

  /**
   * When readings are gone.
   *
   * @param running sum of all increases since the container's history began, this minute's
   *     included; never {@link Counter#UNKNOWN}
   */
  @SuppressWarnings("ArrayRecordComponent") // as in Rollup
  record Rolled(Rollup rollup, long[] running) implements Minute {

    /** Rolls up what comes after the minute {@code before}; null where the history begins. */
    public static Rolled of(Open open, @Nullable Rolled before) {
      RollupBuilder since = new RollupBuilder().after(before == null ? null : before.rollup);
      open.addTo(since);
      Rollup grown = since.build();
      long[] running = before == null ? new long[Counter.COUNT] : before.running.clone();
      for (Counter counter : Counter.values()) {
        running[counter.index()] += Math.max(0, grown.increase(counter));
      }
      return new Rolled(open.rollup(), running);
    }

    /** See the class. */
    public long running(Counter counter) {
      return running[counter.index()];
    }

    @Override
    public void addTo(RollupBuilder builder) {
      builder.add(rollup);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Rolled that
          && rollup.equals(that.rollup)
          && Arrays.equals(running, that.running);
    }

    @Override
    public int hashCode() {
      return rollup.hashCode();
    }
  }
}
