package io.tallyman.query.topology;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.jspecify.annotations.Nullable;

/**
 * The time of a record: the earlier of the time it states and the time it was appended, so that a
 * host whose clock is ahead cannot move time for the others. Milliseconds since 1970.
 */
public final class RecordTimes implements TimestampExtractor {

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return record.value() instanceof Intact intact
        ? earlier(intact.value(), record.timestamp())
        : Math.max(0, record.timestamp());
  }

  /** See the class; {@code appendedMillis} is the time of the append. */
  public static long earlier(SpecificRecord record, long appendedMillis) {
    Instant stated = statedBy(record);
    long millis = stated == null ? appendedMillis : Math.min(stated.toEpochMilli(), appendedMillis);
    return Math.max(0, millis);
  }

  private static @Nullable Instant statedBy(SpecificRecord record) {
    return switch (record) {
      case ContainerStats stats -> stats.getSampledAt();
      case ContainerEvent event -> event.getTime();
      case ContainerState state -> state.getAsOf();
      case HostStatus host -> host.getAsOf();
      case StreamGap gap -> gap.getTo();
      case ContainerAlert alert -> alert.getSince();
      default -> null;
    };
  }
}
