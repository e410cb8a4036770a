package io.tallyman.sink.mongodb;

import io.tallyman.testkit.KafkaExtension;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Crashes and replays on every server that there is, as much as each can take. */
@Tag("kafka")
@ParameterizedClass(name = "{0}")
@MethodSource("io.tallyman.sink.mongodb.TestServer#all")
class CrashAndReplayTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @Parameter @Nullable TestServer server;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void aKillAndAReplayLeaveWhatTheLogSays() throws Exception {
    var here = Objects.requireNonNull(server);
    try (var store = new TestStore(here)) {
      new CrashAndReplay(kafka, store, Duration.ofMinutes(4)).check(here.manySamples());
    }
  }
}
