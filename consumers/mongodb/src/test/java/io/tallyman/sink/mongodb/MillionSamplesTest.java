package io.tallyman.sink.mongodb;

import io.tallyman.testkit.KafkaExtension;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Crashes and replays at full length, on a server in this process. */
@Tag("kafka")
@Tag("soak")
class MillionSamplesTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void aKillAndAReplayLeaveWhatTheLogSays() throws Exception {
    try (var store = new TestStore(TestServer.all().getFirst())) {
      new CrashAndReplay(kafka, store, Duration.ofMinutes(10)).check(1_000_000);
    }
  }
}
