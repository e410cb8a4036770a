package io.tallyman.sink.influxdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Turns records into points; pure. Samples go by the layout and the choice of fields; all other
 * records look the same in every layout, and the telegraf layout adds what Telegraf has of them.
 */
final class RecordMapper {

  private static final String SOURCE_PREFIX = "urn:docker:host:";

  private final Layout layout;
  private final FieldChoice fields;

  RecordMapper(Layout layout, FieldChoice fields) {
    this.layout = layout;
    this.fields = fields;
  }

  /**
   * The points of a record.
   *
   * @throws IllegalArgumentException when no point can tell what it tells; the message says why
   */
  List<Point> map(SinkRecord record) {
    return switch (record.value()) {
      case null -> removal(record);
      case ContainerStats stats -> stats(stats);
      case ContainerEvent event -> event(event);
      case ContainerState state -> state(state);
      case ContainerAlert alert -> alert(alert);
      case HostStatus host -> host(host);
      case StreamGap gap -> gap(gap);
      default -> throw new IllegalStateException("no record of the contract: " + record);
    };
  }

  private List<Point> stats(ContainerStats stats) {
    var chosen = new ArrayList<Point>();
    for (var point : layout.samples().map(stats)) {
      fields.apply(point).ifPresent(chosen::add);
    }
    return chosen;
  }

  private static List<Point> event(ContainerEvent event) {
    var tags =
        Tags.container(
            event.getHostId(),
            event.getHostName(),
            event.getContainerId(),
            event.getContainerName(),
            event.getImage(),
            event.getProject(),
            event.getService());
    var points = new ArrayList<Point>(1);
    new PointBuilder("container_event", tags)
        .tag("action", lower(event.getAction()))
        // Two actions that we do not know can happen in one nanosecond.
        .tag("raw_action", event.getRawAction())
        .field("event_id", event.getEventId())
        .field("exit_code", event.getExitCode())
        .field("signal", event.getSignal())
        .field("oom_killed", event.getOomKilled())
        .field("old_name", event.getOldName())
        .field("health", event.getHealth())
        .field("origin", lower(event.getOrigin()))
        .field("observed_at_nanos", event.getObservedAt())
        .addTo(points, event.getTimeNanos());
    return points;
  }

  private List<Point> state(ContainerState state) {
    var tags =
        Tags.container(
            state.getHostId(),
            state.getHostName(),
            state.getContainerId(),
            state.getContainerName(),
            state.getImage(),
            state.getProject(),
            state.getService());
    var points = new ArrayList<Point>();
    new PointBuilder("container_state", tags)
        .field("state", state.getState())
        .field("health", state.getHealth())
        .field("failing_streak", state.getFailingStreak())
        .field("created_at_nanos", state.getCreatedAt())
        .field("started_at_nanos", state.getStartedAt())
        .field("finished_at_nanos", state.getFinishedAt())
        .field("exit_code", state.getExitCode())
        .field("oom_killed", state.getOomKilled())
        .field("restart_count", state.getRestartCount())
        .field("pid", state.getPid())
        .field("image_id", state.getImageId())
        .field("network_mode", state.getNetworkMode())
        .field("cpu_limit", state.getCpuLimit())
        .field("memory_limit_bytes", state.getMemoryLimitBytes())
        .field("pids_limit", state.getPidsLimit())
        .addTo(points, PointBuilder.nanos(state.getAsOf()));
    if (layout == Layout.TELEGRAF) {
      points.addAll(TelegrafMapper.map(state));
    }
    return points;
  }

  private static List<Point> alert(ContainerAlert alert) {
    var tags =
        Tags.container(
            alert.getHostId(),
            alert.getHostName(),
            alert.getContainerId(),
            alert.getContainerName(),
            alert.getImage(),
            alert.getProject(),
            alert.getService());
    var points = new ArrayList<Point>(1);
    new PointBuilder("container_alert", tags)
        .tag("resource", lower(alert.getResource()))
        .tag("phase", lower(alert.getPhase()))
        .field("alert_id", alert.getAlertId())
        .field("threshold_percent", alert.getThresholdPercent())
        .field("observed_percent", alert.getObservedPercent())
        .field("since_nanos", alert.getSince())
        .addTo(points, PointBuilder.nanos(decidedAt(alert)));
    return points;
  }

  private static Instant decidedAt(ContainerAlert alert) {
    return switch (alert.getPhase()) {
      case RAISED, UNKNOWN -> alert.getSince();
      case CLEARED -> Objects.requireNonNullElse(alert.getTick(), alert.getSince());
    };
  }

  private List<Point> host(HostStatus host) {
    var tags = Tags.host(host.getHostId(), host.getHostName());
    long time = PointBuilder.nanos(host.getAsOf());
    var points = new ArrayList<Point>();
    new PointBuilder("host_status", tags)
        .field("agent_id", host.getAgentId())
        .field("agent_version", host.getAgentVersion())
        .field("engine_version", host.getEngineVersion())
        .field("api_version", host.getApiVersion())
        .field("kernel_version", host.getKernelVersion())
        .field("cgroup_version", host.getCgroupVersion())
        .field("cpus", host.getCpus())
        .field("memory_bytes", host.getMemoryBytes())
        .field("containers_running", host.getContainersRunning())
        .field("containers_paused", host.getContainersPaused())
        .field("containers_stopped", host.getContainersStopped())
        .field("images", host.getImages())
        .field("goroutines", host.getGoroutines())
        .field("file_descriptors", host.getFileDescriptors())
        .field("interval_millis", host.getIntervalMillis())
        .field("gaps", host.getGaps())
        .field("incarnation", host.getIncarnation())
        .field("started_at_nanos", host.getStartedAt())
        .addTo(points, time);
    for (var lane : host.getLanes()) {
      new PointBuilder("host_lane", tags)
          .tag("lane", lane.getLane())
          .field("observed", lane.getObserved())
          .field("inherited", lane.getInherited())
          .field("acknowledged", lane.getAcknowledged())
          .field("spooled", lane.getSpooled())
          .field("queued", lane.getQueued())
          .field("dropped", lane.getDropped())
          .field("spool_bytes", lane.getSpoolBytes())
          .addTo(points, time);
    }
    if (layout == Layout.TELEGRAF) {
      points.addAll(TelegrafMapper.map(host));
    }
    return points;
  }

  private static List<Point> gap(StreamGap gap) {
    var tags = new TreeMap<String, String>();
    Tags.put(tags, Tags.HOST_ID, gap.getHostId());
    var points = new ArrayList<Point>(1);
    new PointBuilder("stream_gap", tags)
        .tag("stream", lower(gap.getStream()))
        .tag("reason", lower(gap.getReason()))
        .field("gap_id", gap.getGapId())
        .field("from_nanos", gap.getFrom())
        .field("lost", gap.getLost())
        .addTo(points, PointBuilder.nanos(gap.getTo()));
    return points;
  }

  /** A tombstone: its key says what is gone, its headers where and when. */
  private static List<Point> removal(SinkRecord record) {
    if (record.key() == null) {
      throw new IllegalArgumentException("neither key nor value");
    }
    var points = new ArrayList<Point>(1);
    var tags = new TreeMap<String, String>();
    long time = PointBuilder.nanos(removedAt(record));
    if (record.topic().equals(Topics.HOSTS.name())) {
      Tags.put(tags, Tags.HOST_ID, record.key());
      new PointBuilder("host_status", tags).field("forgotten", true).addTo(points, time);
    } else if (record.topic().equals(Topics.CONTAINERS.name())) {
      Tags.put(tags, Tags.CONTAINER_ID, record.key());
      var source = header(record, "ce_source");
      if (source.startsWith(SOURCE_PREFIX)) {
        Tags.put(tags, Tags.HOST_ID, source.substring(SOURCE_PREFIX.length()));
      }
      new PointBuilder("container_state", tags).field("state", "removed").addTo(points, time);
    } else {
      throw new IllegalArgumentException(
          "a record without a value means nothing in " + record.topic());
    }
    return points;
  }

  /** Not before it was told: the last state, which may be of later than the removal, was before. */
  private static Instant removedAt(SinkRecord record) {
    var told = record.appendTime();
    try {
      var removed = Instant.parse(header(record, "ce_time"));
      return removed.isAfter(told) ? removed : told;
    } catch (DateTimeException e) {
      return told;
    }
  }

  private static String header(SinkRecord record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }

  private static String lower(Enum<?> symbol) {
    return symbol.name().toLowerCase(Locale.ROOT);
  }
}
