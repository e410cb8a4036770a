package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordedEngineTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Recordings.class)
  void bodiesAreServedByteForByteAndReadingsOneAfterTheOther(Recordings recorded) throws Exception {
    boolean perContainer = recorded == Recordings.DOCKER_26_1;
    String stats = perContainer ? "containers/idle/stats-" : "stats/idle.";
    String id = recorded.listRowIdle().path("Id").asText();
    try (SimulatedEngine engine = start(recorded)) {
      EngineClient client = new EngineClient(engine.dockerHost());
      String path = "/containers/" + id;

      assertThat(client.get("/version").text()).isEqualTo(recorded.text("version.json"));
      assertThat(client.get("/info").text()).isEqualTo(recorded.text("info.json"));
      assertThat(client.get("/containers/json").text())
          .isEqualTo(recorded.text("containers-running.json"));
      assertThat(client.get("/containers/idle/json").json()).isEqualTo(recorded.inspectIdle());
      for (int reading : new int[] {1, 2, 3, 3}) {
        assertThat(client.get(path + "/stats?stream=false&one-shot=true").text())
            .isEqualTo(recorded.text(stats + "oneshot-" + reading + ".json"));
      }
      assertThat(client.get(path + "/stats?stream=false").json())
          .isEqualTo(recorded.twoReadingsIdle());
      try (EngineClient.Stream stream = client.open("GET", path + "/stats", new byte[0])) {
        assertThat(recorded.text(stats + "stream.ndjson"))
            .startsWith(
                new String(stream.next(), StandardCharsets.UTF_8)
                    + new String(stream.next(), StandardCharsets.UTF_8));
      }
      assertThat(client.get("/containers/nosuch/json").status()).isEqualTo(404);
      assertThat(engine.calls().of(Call.STATS_ONE_SHOT, id)).isEqualTo(4);
    }
  }

  @Test
  void whatWasNotRecordedSaysSo() {
    try (SimulatedEngine engine = start(Recordings.DOCKER_26_1)) {
      EngineClient client = new EngineClient(engine.dockerHost());

      assertThat(client.get("/containers/disk/json").message()).isEqualTo("not recorded for disk");
    }
  }

  private SimulatedEngine start(Recordings recorded) {
    EngineProfile profile =
        switch (recorded) {
          case DOCKER_20_10 -> EngineProfile.DOCKER_20_10;
          case DOCKER_26_1 -> EngineProfile.DOCKER_26_1;
          case DOCKER_28_5 -> EngineProfile.DOCKER_28_5;
        };
    return SimulatedEngine.start(
        SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("engine.sock")))
            .profile(profile)
            .scenario(Scenario.recording(recorded.directory()))
            .collectorPeriod(Duration.ofMillis(10))
            .oneShotDelay(Duration.ZERO)
            .build());
  }
}
