package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaNoiseTest {

  private static final String CLIENT = "org.apache.kafka.clients.NetworkClient";
  private static final String AWAY =
      "[Consumer clientId=a] Connection to node -1 (/127.0.0.1:1) could not be established."
          + " Node may not be available.";

  private final KafkaNoise noise = new KafkaNoise();
  private final LoggerContext context = new LoggerContext();

  @Test
  void whatKafkaSaysWhenAllIsWellIsLeftOut() {
    assertThat(
            decide(
                CLIENT,
                Level.WARN,
                "[x] Attempting to close NetworkClient that has already been closed."))
        .isEqualTo(FilterReply.DENY);
    assertThat(
            decide(
                "org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime",
                Level.ERROR,
                "[GroupCoordinator id=1] Failed to load metadata from __consumer_offsets-0 with"
                    + " epoch 0 due to Stopped loading records from __consumer_offsets-0 because"
                    + " the partition is not online or is no longer the leader.."))
        .isEqualTo(FilterReply.DENY);
  }

  @Test
  void aBrokerThatIsAwayIsToldOnceAndNotEverySecond() {
    assertThat(decide(CLIENT, Level.WARN, AWAY)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(CLIENT, Level.WARN, AWAY)).isEqualTo(FilterReply.DENY);
  }

  @Test
  void aFullDiskIsToldByTheBrokerAndNotByStackTraces() {
    Throwable full = new IllegalStateException("x", new IOException("No space left on device"));
    Throwable other = new IllegalStateException("x", new IOException("Input/output error"));
    Logger logger = context.getLogger("kafka.server.ReplicaManager");
    assertThat(noise.decide(null, logger, Level.ERROR, "x", null, full))
        .isEqualTo(FilterReply.DENY);
    assertThat(noise.decide(null, logger, Level.ERROR, "x", null, other))
        .isEqualTo(FilterReply.NEUTRAL);
  }

  @Test
  void whateverElseIsSaidIsSeen() {
    assertThat(decide(CLIENT, Level.WARN, "[x] Bootstrap broker (id: -1) disconnected"))
        .isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide("io.tallyman.cli", Level.WARN, AWAY)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(CLIENT, Level.DEBUG, AWAY)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(CLIENT, Level.WARN, null)).isEqualTo(FilterReply.NEUTRAL);
  }

  private FilterReply decide(String logger, Level level, @Nullable String format) {
    return noise.decide(null, context.getLogger(logger), level, format, null, null);
  }
}
