package io.tallyman.testkit;

import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;

/** A store that works as the real ones should, and that can be taken away. Thread-safe. */
public final class InMemoryStore {

  private final Map<String, Optional<SpecificRecord>> content = new TreeMap<>();
  private boolean down;
  private boolean refusing;
  private Predicate<SinkRecord> unacceptable = record -> false;

  /** By identity; empty for a container that is gone. */
  public synchronized Map<String, Optional<SpecificRecord>> content() {
    return new TreeMap<>(content);
  }

  public synchronized boolean isDown() {
    return down;
  }

  public synchronized void setDown(boolean down) {
    this.down = down;
  }

  public synchronized boolean refusesCredentials() {
    return refusing;
  }

  public synchronized void refuseCredentials() {
    refusing = true;
  }

  /** From now on the store does not take records such as these. */
  public synchronized void rejectIf(Predicate<SinkRecord> unacceptable) {
    this.unacceptable = unacceptable;
  }

  synchronized boolean accepts(SinkRecord record) {
    return !unacceptable.test(record);
  }

  synchronized void write(List<SinkRecord> records) {
    for (var record : records) {
      content.merge(identity(record), Optional.ofNullable(record.value()), InMemoryStore::newer);
    }
  }

  private static Optional<SpecificRecord> newer(
      Optional<SpecificRecord> old, Optional<SpecificRecord> next) {
    if (old.isEmpty() || next.isEmpty()) {
      return next;
    }
    return asOf(next.get()).isBefore(asOf(old.get())) ? old : next;
  }

  private static Instant asOf(SpecificRecord record) {
    return switch (record) {
      case ContainerState state -> state.getAsOf();
      case HostStatus host -> host.getAsOf();
      default -> Instant.EPOCH;
    };
  }

  /** What makes two records the same thing. */
  static String identity(SinkRecord record) {
    return switch (record.value()) {
      case null -> "container " + record.key();
      case ContainerState state -> "container " + state.getContainerId();
      case ContainerStats stats ->
          "stats %s %s %s"
              .formatted(stats.getHostId(), stats.getContainerId(), stats.getSampledAt());
      case ContainerEvent event -> "event " + event.getEventId();
      case ContainerAlert alert -> "alert %s %s".formatted(alert.getAlertId(), alert.getPhase());
      case StreamGap gap -> "gap " + gap.getGapId();
      case HostStatus host -> "host " + host.getHostId();
      default -> throw new IllegalArgumentException("no record of the contract: " + record);
    };
  }
}
