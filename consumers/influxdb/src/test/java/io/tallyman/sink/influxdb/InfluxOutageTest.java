package io.tallyman.sink.influxdb;

import io.tallyman.testkit.InfluxDbExtension;
import io.tallyman.testkit.KafkaExtension;
import io.tallyman.testkit.StoreOutage;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** The whole sink, while InfluxDB is stopped and started again. */
@Tag("kafka")
@Tag("influxdb")
@Isolated("It weighs the heap, which other tests would fill.")
class InfluxOutageTest {

  @RegisterExtension static final KafkaExtension kafka = new KafkaExtension();
  @RegisterExtension static final InfluxDbExtension influx = new InfluxDbExtension();

  private final String database = influx.newDatabase();

  @Test
  void anOutageLosesNothing() {
    outage().check(StoreOutage.SHORT);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void anOutageOfFiveMinutesLosesNothing() {
    outage().check(StoreOutage.FULL);
  }

  private StoreOutage outage() {
    var options =
        Map.of(
            "url",
            influx.url(),
            "database",
            database,
            "username",
            InfluxDbExtension.ADMIN,
            "password",
            InfluxDbExtension.ADMIN_PASSWORD);
    return new StoreOutage(
        kafka,
        new InfluxProvider(),
        options,
        new StoreOutage.Store() {
          @Override
          public void stop() {
            influx.stop();
          }

          @Override
          public void start() {
            influx.start();
          }

          @Override
          public long samples() {
            var rows =
                StoredSeries.rows(influx, database, "SELECT count(usage_nanos) FROM container_cpu");
            return rows.isEmpty() ? 0 : Long.parseLong(rows.getFirst().getFirst());
          }
        });
  }
}
