package io.tallyman.sink.mongodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Says what a record asks of the store. Pure; safe from any thread. */
final class RecordMapper {

  private static final String HOST_URN = "urn:docker:host:";

  /** Leaves a sign and 43 bits for milliseconds, enough until the year 2248. */
  private static final int OFFSET_BITS = 20;

  private RecordMapper() {}

  /**
   * The change for a record.
   *
   * @throws IllegalArgumentException when no collection holds such records; the message says so
   */
  static Change change(SinkRecord record) {
    return switch (record.value()) {
      case null -> removal(record);
      case ContainerStats stats -> new Change.Fact(Target.STATS, id(stats), Fields.of(stats));
      case ContainerEvent event ->
          new Change.Fact(Target.EVENTS, event.getEventId(), Fields.of(event));
      case StreamGap gap -> new Change.Fact(Target.GAPS, gap.getGapId(), Fields.of(gap));
      case ContainerState state ->
          state(Target.CONTAINERS, state.getContainerId(), state.getAsOf(), record, state);
      case HostStatus host -> state(Target.HOSTS, host.getHostId(), host.getAsOf(), record, host);
      case ContainerAlert alert -> episode(alert);
      default ->
          throw new IllegalArgumentException(
              "no collection holds a " + record.value().getSchema().getName());
    };
  }

  /** Sorts by host, container and time, so that the primary index is a range index too. */
  private static String id(ContainerStats stats) {
    return stats.getHostId()
        + "/"
        + stats.getContainerId()
        + "/"
        + Fields.micros(stats.getSampledAt());
  }

  private static Change state(
      Target target, String id, Instant asOf, SinkRecord record, SpecificRecord value) {
    return new Change.State(
        target, id, Fields.micros(asOf), Fields.of(value), Fields.absent(value), order(record));
  }

  private static Change episode(ContainerAlert alert) {
    Map<String, Object> raised = new LinkedHashMap<>();
    if (alert.getPhase() == AlertPhase.RAISED) {
      Fields.put(raised, "observedPercent", alert.getObservedPercent());
      Fields.put(raised, "tick", alert.getTick());
      Fields.put(raised, "incarnation", alert.getIncarnation());
      Fields.put(raised, "sequence", alert.getSequence());
    }
    return new Change.Episode(
        alert.getAlertId(), Fields.of(alert), alert.getPhase() == AlertPhase.CLEARED, raised);
  }

  private static Change removal(SinkRecord record) {
    var target =
        switch (record.topic()) {
          case "docker.containers.v1" -> Target.CONTAINERS;
          case "docker.hosts.v1" -> Target.HOSTS;
          default ->
              throw new IllegalArgumentException(
                  "a record without a value means nothing in " + record.topic());
        };
    if (record.key() == null) {
      throw new IllegalArgumentException("neither key nor value");
    }
    Map<String, Object> origin = new LinkedHashMap<>();
    var source = header(record, "ce_source");
    if (source != null && source.startsWith(HOST_URN)) {
      origin.put("hostId", source.substring(HOST_URN.length()));
    }
    Map<String, Object> removedAt = new LinkedHashMap<>();
    Fields.put(removedAt, "removedAt", removedAt(record));
    return new Change.Removal(target, record.key(), removedAt, origin, order(record));
  }

  /**
   * Grows along a partition, and is the same whenever the record is read: when the broker took it,
   * and the offset for the many that it took in one millisecond.
   */
  private static long order(SinkRecord record) {
    return (record.appendTime().toEpochMilli() << OFFSET_BITS)
        | (record.offset() & ((1L << OFFSET_BITS) - 1));
  }

  /** What the writer says, else when the broker took it. */
  private static Instant removedAt(SinkRecord record) {
    var time = header(record, "ce_time");
    if (time != null) {
      try {
        return OffsetDateTime.parse(time).toInstant();
      } catch (DateTimeException e) {
        // Not ours; the broker's word is as good.
      }
    }
    return record.appendTime();
  }

  private static @Nullable String header(SinkRecord record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
  }
}
