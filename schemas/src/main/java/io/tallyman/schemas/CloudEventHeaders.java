package io.tallyman.schemas;

import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Headers of the CloudEvents binding for Kafka (binary mode) for records and tombstones.
 *
 * <p>Pure; the same record always gets the same headers, so a duplicate carries the same {@code
 * ce_id}. Values are UTF-8.
 */
public final class CloudEventHeaders {

  public static final String SPEC_VERSION = "ce_specversion";
  public static final String ID = "ce_id";
  public static final String SOURCE = "ce_source";
  public static final String TYPE = "ce_type";
  public static final String SUBJECT = "ce_subject";
  public static final String TIME = "ce_time";
  public static final String CONTENT_TYPE = "content-type";

  /** Avro in a frame that names its schema: {@code application/avro} would be a bare body. */
  public static final String FRAMED_AVRO = "application/vnd.confluent.avro";

  private static final byte[] SPEC_VERSION_1_0 = utf8("1.0");
  private static final byte[] FRAMED_AVRO_UTF8 = utf8(FRAMED_AVRO);
  private static final String STATE_TYPE = "io.tallyman.container.state.v1";
  private static final String HOST_TYPE = "io.tallyman.host.status.v1";

  private CloudEventHeaders() {}

  /**
   * Headers of a record.
   *
   * @throws IllegalArgumentException when it is no record of this contract
   */
  public static Headers headersFor(SpecificRecord record) {
    if (record instanceof ContainerEvent event) {
      return event(event);
    }
    if (record instanceof ContainerStats stats) {
      return stats(stats);
    }
    if (record instanceof ContainerState state) {
      return state(state);
    }
    if (record instanceof HostStatus host) {
      return host(host);
    }
    if (record instanceof StreamGap gap) {
      return gap(gap);
    }
    if (record instanceof ContainerAlert alert) {
      return alert(alert);
    }
    throw new IllegalArgumentException(
        record.getSchema().getFullName() + " is no record of this contract");
  }

  /**
   * Headers of the null value that ends a container in {@code docker.containers.v1}.
   *
   * @param time when the container was destroyed, or when that was learned
   */
  public static Headers containerTombstone(String hostId, String containerId, Instant time) {
    String id = id(hostId, containerId, "removed", EventIds.micros(time));
    return headers(id, hostId, STATE_TYPE, containerId, time);
  }

  /**
   * Headers of the null value that ends a host in {@code docker.hosts.v1}.
   *
   * @param time when it was forgotten
   */
  public static Headers hostTombstone(String hostId, Instant time) {
    String id = id(hostId, "removed", EventIds.micros(time));
    return headers(id, hostId, HOST_TYPE, hostId, time);
  }

  private static Headers event(ContainerEvent event) {
    String type = "io.tallyman.container." + action(event.getRawAction()) + ".v1";
    Instant time = Instant.ofEpochSecond(0, event.getTimeNanos());
    return headers(event.getEventId(), event.getHostId(), type, event.getContainerId(), time);
  }

  private static Headers stats(ContainerStats stats) {
    return headers(
        id(stats.getHostId(), stats.getContainerId(), EventIds.micros(stats.getSampledAt())),
        stats.getHostId(),
        "io.tallyman.container.stats.v1",
        stats.getContainerId(),
        stats.getSampledAt());
  }

  private static Headers state(ContainerState state) {
    return headers(
        id(
            state.getHostId(),
            state.getContainerId(),
            Long.toString(state.getIncarnation()),
            Long.toString(state.getSequence())),
        state.getHostId(),
        STATE_TYPE,
        state.getContainerId(),
        state.getAsOf());
  }

  private static Headers host(HostStatus host) {
    return headers(
        id(host.getHostId(), host.getRunId(), EventIds.micros(host.getAsOf())),
        host.getHostId(),
        HOST_TYPE,
        host.getHostId(),
        host.getAsOf());
  }

  private static Headers gap(StreamGap gap) {
    return headers(
        gap.getGapId(), gap.getHostId(), "io.tallyman.host.gap.v1", gap.getHostId(), gap.getTo());
  }

  /** Begin and end share an alert id, and CloudEvents asks for one id per record. */
  private static Headers alert(ContainerAlert alert) {
    Instant decidedAt = alert.getTick() == null ? alert.getSince() : alert.getTick();
    return headers(
        alert.getAlertId() + "/" + alert.getPhase().name().toLowerCase(Locale.ROOT),
        alert.getHostId(),
        "io.tallyman.container.alert.v1",
        alert.getContainerId(),
        decidedAt);
  }

  /** The engine's word without its details: {@code health_status: healthy} is health_status. */
  private static String action(String rawAction) {
    int colon = rawAction.indexOf(':');
    String base = colon < 0 ? rawAction : rawAction.substring(0, colon);
    return base.strip().toLowerCase(Locale.ROOT);
  }

  private static String id(String... parts) {
    return String.join("/", parts);
  }

  private static Headers headers(
      String id, String hostId, String type, String subject, Instant time) {
    return new RecordHeaders()
        .add(SPEC_VERSION, SPEC_VERSION_1_0)
        .add(ID, utf8(id))
        .add(SOURCE, utf8("urn:docker:host:" + hostId))
        .add(TYPE, utf8(type))
        .add(SUBJECT, utf8(subject))
        .add(TIME, utf8(DateTimeFormatter.ISO_INSTANT.format(time)))
        .add(CONTENT_TYPE, FRAMED_AVRO_UTF8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
