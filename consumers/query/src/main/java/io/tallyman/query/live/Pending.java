package io.tallyman.query.live;

import io.tallyman.query.topology.RecordTimes;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What matches a filter and has not been told yet: of samples the newest of each container, of the
 * rest everything, in the order in which it came. For one thread.
 */
final class Pending {

  /** Of the longest frame; more are told in several. */
  static final int MAX_ITEMS = 500;

  private final LiveFilter filter;
  private final Map<String, ContainerStats> samples = new LinkedHashMap<>();
  private final Map<LiveKind, List<SpecificRecord>> records = new EnumMap<>(LiveKind.class);
  private final Map<LiveKind, Instant> asOf = new EnumMap<>(LiveKind.class);

  /** What one frame tells. */
  private record Part(LiveKind kind, Instant asOf, List<SpecificRecord> items) {}

  Pending(LiveFilter filter) {
    this.filter = filter;
  }

  /** Takes a record, if the filter lets it pass. */
  void take(SpecificRecord record, long appendedMillis) {
    switch (record) {
      case ContainerStats sample -> take(sample, appendedMillis);
      case ContainerEvent event -> {
        if (filter.matches(
            event.getHostId(),
            event.getHostName(),
            event.getContainerId(),
            event.getContainerName())) {
          add(LiveKind.EVENTS, event, event.getTime(), appendedMillis);
        }
      }
      case ContainerAlert alert -> {
        if (filter.matches(
            alert.getHostId(),
            alert.getHostName(),
            alert.getContainerId(),
            alert.getContainerName())) {
          add(LiveKind.ALERTS, alert, alert.getSince(), appendedMillis);
        }
      }
      case StreamGap gap -> {
        if (filter.matchesHost(gap.getHostId())) {
          add(LiveKind.GAPS, gap, gap.getTo(), appendedMillis);
        }
      }
      default -> throw new IllegalArgumentException(record.getSchema().getName());
    }
  }

  /**
   * Frames of all that is pending but samples, which then is so no more. The last one alone has the
   * id: whoever is cut before it hears all of them again.
   */
  List<byte[]> records(@Nullable String id) {
    List<Part> parts = new ArrayList<>();
    records.forEach((kind, items) -> {
      Instant newest = Objects.requireNonNull(asOf.remove(kind));
      for (int from = 0; from < items.size(); from += MAX_ITEMS) {
        int to = Math.min(items.size(), from + MAX_ITEMS);
        parts.add(new Part(kind, newest, items.subList(from, to)));
      }
    });
    List<byte[]> frames = new ArrayList<>();
    for (int n = 0; n < parts.size(); n++) {
      Part part = parts.get(n);
      String position = n == parts.size() - 1 ? id : null;
      frames.add(Frames.records(position, part.kind(), part.asOf(), part.items()));
    }
    records.clear();
    return frames;
  }

  boolean hasSamples() {
    return !samples.isEmpty();
  }

  /** The frame of all samples that are pending, which then are so no more. */
  byte[] samples(String id) {
    byte[] frame = Frames.stats(id, false, asOf.remove(LiveKind.STATS), samples.values());
    samples.clear();
    return frame;
  }

  private void take(ContainerStats sample, long appendedMillis) {
    if (!filter.stats()
        || !filter.matches(
            sample.getHostId(),
            sample.getHostName(),
            sample.getContainerId(),
            sample.getContainerName())) {
      return;
    }
    ContainerStats known = samples.get(sample.getContainerId());
    if (known == null || !sample.getSampledAt().isBefore(known.getSampledAt())) {
      samples.put(sample.getContainerId(), sample);
    }
    asOf.merge(LiveKind.STATS, time(sample.getSampledAt(), appendedMillis), Pending::newer);
  }

  private void add(LiveKind kind, SpecificRecord record, Instant stated, long appendedMillis) {
    if (filter.kinds().contains(kind)) {
      records.computeIfAbsent(kind, first -> new ArrayList<>()).add(record);
      asOf.merge(kind, time(stated, appendedMillis), Pending::newer);
    }
  }

  private static Instant newer(Instant known, Instant time) {
    return time.isAfter(known) ? time : known;
  }

  /** As {@link RecordTimes}, to the microsecond. */
  private static Instant time(Instant stated, long appendedMillis) {
    return stated.toEpochMilli() > appendedMillis ? Instant.ofEpochMilli(appendedMillis) : stated;
  }
}
