package io.tallyman.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyParsingTest {

  @Test
  void inspectOfARunningContainerTellsItsLimits() {
    ContainerDetails web = Recorded.fixture("inspect-26.1-web.json", ContainerParser::details);

    assertThat(web.name()).isEqualTo("web");
    assertThat(web.image()).isEqualTo("busybox:local");
    assertThat(web.status()).isEqualTo("running");
    assertThat(web.pid()).isEqualTo(1507);
    assertThat(web.startedAt()).isEqualTo(Instant.parse("2026-11-21T01:43:47.41601333Z"));
    assertThat(web.finishedAt()).isNull();
    assertThat(web.networkMode()).isEqualTo("shop_default");
    assertThat(web.cpuLimit()).isEqualTo(0.5);
    assertThat(web.memoryLimitBytes()).isEqualTo(67108864);
    assertThat(web.pidsLimit()).isEqualTo(50);
    assertThat(web.labels())
        .contains(entry("com.docker.compose.project", "shop"), entry("exitCode", "0"));
    assertThat(web.health()).isNull();
    assertThat(web.toString()).doesNotContain("while :");
  }

  @Test
  void inspectOfARestartingContainerTellsHowItEnded() {
    ContainerDetails loop =
        Recorded.fixture("inspect-20.10-crashloop.json", ContainerParser::details);

    assertThat(loop.status()).isEqualTo("restarting");
    assertThat(loop.isRunning()).isFalse();
    assertThat(loop.pid()).isNull();
    assertThat(loop.exitCode()).isEqualTo(1);
    assertThat(loop.restartCount()).isEqualTo(9);
    assertThat(loop.finishedAt()).isNotNull();
    assertThat(loop.cpuLimit()).isNull();
    assertThat(loop.memoryLimitBytes()).isNull();
    assertThat(loop.pidsLimit()).isNull();
    assertThat(loop.toString()).doesNotContain("PATH=");
  }

  @Test
  void inspectTellsHealthOutOfMemoryAndWhatNeverRan() {
    ContainerDetails health =
        Recorded.fixture("inspect-20.10-health.json", ContainerParser::details);
    ContainerDetails oom = Recorded.fixture("inspect-20.10-oom.json", ContainerParser::details);
    ContainerDetails fresh =
        Recorded.fixture("inspect-20.10-never-started.json", ContainerParser::details);

    assertThat(health.health()).isEqualTo("unhealthy");
    assertThat(health.failingStreak()).isEqualTo(3);
    assertThat(oom.oomKilled()).isTrue();
    assertThat(oom.exitCode()).isEqualTo(137);
    assertThat(fresh.status()).isEqualTo("created");
    assertThat(fresh.startedAt()).isNull();
    assertThat(fresh.createdAt()).isAfter(Instant.EPOCH);
  }

  @Test
  void theListHasEveryContainer() {
    List<ContainerSummary> list = Recorded.fixture("list-20.10.json", ContainerParser::list);

    assertThat(list).hasSize(20).allSatisfy(row -> assertThat(row.id()).hasSize(64));
    assertThat(list)
        .extracting(ContainerSummary::name)
        .contains("never_started", "crashloop", "shop_web_1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stats-20.10-stopped.json", "stats-26.1-stopped.json"})
  void aStoppedContainersReadingHasNoTime(String file) {
    StatsReading reading = Recorded.fixture(file, StatsParser::parse);

    assertThat(reading.readAt()).isNull();
    assertThat(reading.memory()).isNull();
    assertThat(reading.blockIo()).isEmpty();
    assertThat(reading.pidsCurrent()).isNull();
  }

  @Test
  void fieldsOfAnotherKindThanExpectedAreAbsent() {
    StatsReading reading =
        Recorded.stats(
            "{\"read\":7,\"cpu_stats\":[],\"memory_stats\":\"x\",\"networks\":{\"eth0\":null},"
                + "\"blkio_stats\":{\"io_service_bytes_recursive\":[{\"major\":\"8\"},null]},"
                + "\"pids_stats\":{\"current\":-1.5,\"limit\":18446744073709551615},\"new\":[{}]}");

    assertThat(reading.readAt()).isNull();
    assertThat(reading.cpu()).isNull();
    assertThat(reading.memory()).isNull();
    assertThat(reading.networks()).containsOnlyKeys("eth0");
    assertThat(reading.blockIo()).isEmpty();
    assertThat(reading.pidsCurrent()).isNull();
    assertThat(reading.pidsLimit()).isNull();
  }

  @Test
  void theVersionSpokenIsTheNewestThatBothKnow() {
    assertThat(negotiated("1.12", "1.41")).hasToString("1.41");
    assertThat(negotiated("1.24", "1.45")).hasToString("1.45");
    assertThat(negotiated("1.44", "1.99")).isEqualTo(ApiVersion.NEWEST);
    assertThatThrownBy(() -> negotiated("1.12", "1.40"))
        .isInstanceOf(EngineException.Unexpected.class)
        .hasMessageContaining("too old")
        .hasMessageContaining("20.10");
    assertThatThrownBy(() -> negotiated("1.90", "1.99"))
        .isInstanceOf(EngineException.Unexpected.class)
        .hasMessageContaining("too new");
  }

  private static ApiVersion negotiated(String oldest, String newest) {
    return ApiVersion.negotiate(ApiVersion.parse(oldest), ApiVersion.parse(newest), "x");
  }
}
