package io.tallyman.sink.mongodb;

import io.tallyman.testkit.KafkaExtension;
import io.tallyman.testkit.StoreOutage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The whole sink, while its way to the server is shut; the documents are not in this memory. */
@Tag("kafka")
@Isolated("It weighs the heap, which other tests would fill.")
class MongoOutageTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();

  @TempDir Path directory;

  @Test
  void anOutageLosesNothing() {
    check(StoreOutage.SHORT);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void anOutageOfFiveMinutesLosesNothing() {
    check(StoreOutage.FULL);
  }

  private void check(Duration outage) {
    try (var store = new TestStore(TestServer.onDisk(directory.resolve("store")))) {
      new StoreOutage(
              kafka,
              new MongoProvider(),
              store.options(),
              new StoreOutage.Store() {
                @Override
                public void stop() {
                  store.gate().shut();
                }

                @Override
                public void start() {
                  store.gate().open();
                }

                @Override
                public long samples() {
                  return store.collection("stats").estimatedDocumentCount();
                }
              })
          .check(outage);
    }
  }
}
