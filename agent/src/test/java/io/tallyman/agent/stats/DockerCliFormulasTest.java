package io.tallyman.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.Recorded;
import io.tallyman.agent.engine.Recorded.CliRow;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.StatsSource;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our figures, rounded as the Docker CLI rounds, against what it printed for the same bodies. */
class DockerCliFormulasTest {

  @ParameterizedTest
  @CsvSource({"20.10, 15", "26.1, 13", "28.5, 15"})
  void figuresAreThoseOfTheDockerCli(String engineVersion, int containers) {
    List<CliRow> rows = Recorded.cliRows(engineVersion);

    assertThat(rows).hasSize(containers);
    for (CliRow row : rows) {
      ContainerStats stats = mapped(row);
      TreeMap<String, String> printed = new TreeMap<>(row.cli());
      printed.keySet().removeAll(List.of("Container", "ID", "Name"));
      assertThat(CliFormat.of(stats))
          .as("%s on %s", row.container(), engineVersion)
          .isEqualTo(printed);
    }
  }

  private static ContainerStats mapped(CliRow row) {
    return StatsMapper.map(
            row.now(),
            row.before(),
            new StatsMapper.Setting(
                Containers.running(row.container()),
                null,
                5000,
                StatsSource.ENGINE,
                null,
                null,
                false))
        .setHostId("h")
        .setHostName("h")
        .setAgentId("a")
        .setIncarnation(1)
        .setSequence(1)
        .build();
  }
}
