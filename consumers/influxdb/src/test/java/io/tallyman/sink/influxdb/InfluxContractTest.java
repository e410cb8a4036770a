package io.tallyman.sink.influxdb;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.InfluxDbExtension;
import io.tallyman.testkit.Samples;
import io.tallyman.testkit.StoreSinkContract;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On an InfluxDB 1 of the distribution. */
@Tag("influxdb")
class InfluxContractTest extends StoreSinkContract {

  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  private String database = "";

  @BeforeEach
  void prepareDatabase() {
    database = influx.newDatabase();
    influx.createUser("writer_" + database, "right", database);
  }

  @Override
  protected RecordSink newSink() {
    return new InfluxSink();
  }

  @Override
  protected SinkContext context() {
    var provider = new InfluxProvider();
    return new SinkContext(
        "influxdb",
        SinkOptions.of(
            provider.options(),
            Map.of(
                "url",
                influx.url(),
                "database",
                database,
                "username",
                "writer_" + database,
                "password",
                "right")),
        provider.topics(),
        "",
        SinkMetrics.NOOP);
  }

  @Override
  protected void stopStore() {
    influx.stop();
  }

  @Override
  protected void startStore() {
    influx.start();
  }

  @Override
  protected void refuseCredentials() {
    influx.changePassword("writer_" + database, "wrong");
  }

  /** Its name makes the key of the series longer than the store takes. */
  @Override
  protected SinkRecord unacceptable(long offset) {
    return Samples.sinkRecord(
        Samples.stats()
            .setContainerId(Samples.containerId(999))
            .setContainerName("x".repeat(70_000))
            .build(),
        offset);
  }

  /** Everything; of states, which are history here, the newest of each container. */
  @Override
  protected Object content() {
    var content = new TreeMap<String, String>();
    var newest = new HashMap<String, Long>();
    var all = StoredSeries.all(influx, database);
    all.forEach((place, value) -> {
      if (place.startsWith("container_state{")) {
        newest.merge(container(place), nanos(place), Math::max);
      }
    });
    all.forEach((place, value) -> {
      var latest = newest.get(container(place));
      if (!place.startsWith("container_state{") || (latest != null && nanos(place) == latest)) {
        content.put(place, value);
      }
    });
    return content;
  }

  private static String container(String place) {
    return place.replaceFirst("(?s).*container_id=(\\w+).*", "$1");
  }

  private static long nanos(String place) {
    return Long.parseLong(place.substring(place.lastIndexOf('@') + 1));
  }

  @Override
  protected boolean holds(SinkRecord record) {
    return switch (record.value()) {
      case null -> newestState(String.valueOf(record.key())).equals("removed");
      case ContainerStats stats ->
          one(
              "SELECT usage_nanos FROM container_cpu",
              "container_id",
              stats.getContainerId(),
              stats.getSampledAt());
      case ContainerEvent event ->
          one("SELECT event_id FROM container_event", "action", "start", event.getTime());
      case ContainerState state ->
          newestState(state.getContainerId()).equals(state.getState())
              && one(
                  "SELECT state FROM container_state",
                  "container_id",
                  state.getContainerId(),
                  state.getAsOf());
      case ContainerAlert alert ->
          one("SELECT alert_id FROM container_alert", "phase", "raised", alert.getSince());
      case HostStatus host ->
          one("SELECT cpus FROM host_status", "host_id", host.getHostId(), host.getAsOf());
      case StreamGap gap ->
          one("SELECT gap_id FROM stream_gap", "host_id", gap.getHostId(), gap.getTo());
      default -> throw new IllegalArgumentException("no record of the contract: " + record);
    };
  }

  private boolean one(String select, String tag, String value, Instant time) {
    return StoredSeries.rows(
                influx,
                database,
                "%s WHERE %s = '%s' AND time = '%s'".formatted(select, tag, value, time))
            .size()
        == 1;
  }

  private String newestState(String containerId) {
    var rows =
        StoredSeries.rows(
            influx,
            database,
            "SELECT last(state) FROM container_state WHERE container_id = '" + containerId + "'");
    return rows.isEmpty() ? "" : rows.getFirst().getFirst();
  }
}
