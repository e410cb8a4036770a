package io.tallyman.sink.mongodb;

import io.tallyman.testkit.KafkaExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Crashes and replays at full length, on a server that keeps its documents on disk. */
@Tag("kafka")
@Tag("soak")
class MillionSamplesTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @TempDir Path directory;

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void aKillAndAReplayLeaveWhatTheLogSays() throws Exception {
    try (var store = new TestStore(TestServer.onDisk(directory.resolve("store")))) {
      new CrashAndReplay(kafka, store, Duration.ofMinutes(40)).check(1_000_000);
    }
  }
}
