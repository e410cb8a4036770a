package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import io.tallyman.testkit.StoreSinkContract;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of sinks, on every server that there is. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.tallyman.sink.mongodb.TestServer#all")
class MongoSinkTest extends StoreSinkContract {

  @Parameter @Nullable TestServer server;

  private @Nullable TestStore opened;
  private boolean refused;

  @BeforeEach
  void openStore() {
    opened = new TestStore(Objects.requireNonNull(server));
  }

  @AfterEach
  void closeStore() {
    store().close();
  }

  private TestStore store() {
    return Objects.requireNonNull(opened);
  }

  @Override
  protected RecordSink newSink() {
    return new MongoSink();
  }

  @Override
  protected SinkContext context() {
    Map<String, String> options = store().options();
    if (refused) {
      options.computeIfPresent(
          "uri", (_, uri) -> uri.replaceFirst("//([^@/]*@)?", "//nobody:wrong@"));
    }
    return store().context(options);
  }

  @Override
  protected Object content() {
    return store().content();
  }

  @Override
  protected void stopStore() {
    store().gate().shut();
  }

  @Override
  protected void startStore() {
    store().gate().open();
  }

  /** A user that the server does not know. */
  @Override
  protected void refuseCredentials() {
    refused = true;
  }

  /** Larger than a document may be. */
  @Override
  protected SinkRecord unacceptable(long offset) {
    return Samples.sinkRecord(
        Samples.stats()
            .setContainerId(Samples.containerId(999))
            .setLabels(Map.of("large", "x".repeat(17 << 20)))
            .build(),
        offset);
  }

  @Override
  protected boolean holds(SinkRecord record) {
    return switch (record.value()) {
      case null -> has("containers", record.key(), "removedAt", Samples.TIME);
      case ContainerStats stats ->
          has(
              "stats",
              "%s/%s/%d"
                  .formatted(
                      stats.getHostId(),
                      stats.getContainerId(),
                      ChronoUnit.MICROS.between(Instant.EPOCH, stats.getSampledAt())),
              "sequence",
              stats.getSequence());
      case ContainerEvent event ->
          has("events", event.getEventId(), "rawAction", event.getRawAction());
      case ContainerState state ->
          has("containers", state.getContainerId(), "state", state.getState())
              && has("containers", state.getContainerId(), "asOf", state.getAsOf());
      case HostStatus host -> has("hosts", host.getHostId(), "asOf", host.getAsOf());
      case StreamGap gap -> has("gaps", gap.getGapId(), "to", gap.getTo());
      case ContainerAlert alert ->
          has("alerts", alert.getAlertId(), "phase", alert.getPhase().name());
      default -> false;
    };
  }

  @Override
  protected boolean isGone(SinkRecord tombstone) {
    return has("containers", tombstone.key(), "removedAt", Samples.TIME.minusSeconds(2));
  }

  private boolean has(String collection, @Nullable String id, String field, Object value) {
    Document found = store().find(collection, Objects.requireNonNull(id));
    if (found == null) {
      return false;
    }
    Object expected =
        value instanceof Instant time
            ? java.util.Date.from(time.truncatedTo(ChronoUnit.MILLIS))
            : value;
    assertThat(found).containsEntry(field, expected);
    return true;
  }
}
