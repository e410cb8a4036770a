package io.tallyman.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tallyman.agent.engine.Recorded;
import io.tallyman.agent.engine.StatsReading;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Memory;
import io.tallyman.v1.StatsSource;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // A null where a value must be fails the test anyhow.
class StatsMapperTest {

  private static final String READ = "\"read\":\"2026-03-01T12:00:05.123456789Z\"";
  private static final Instant TICK = Instant.parse("2026-03-01T12:00:05Z");

  @Test
  void aReadingWithNothingInItGivesNothingButItsTime() {
    ContainerStats.Builder stats =
        map(
            "{"
                + READ
                + ",\"memory_stats\":{},\"blkio_stats\":{\"io_service_bytes_recursive\":null},\"pids_stats\":{},\"cpu_stats\":null}",
            null);

    assertThat(stats.getSampledAt()).isEqualTo(Instant.parse("2026-03-01T12:00:05.123456Z"));
    assertThat(stats.getMemory()).isNull();
    assertThat(stats.getCpu()).isNull();
    assertThat(stats.getPids()).isNull();
    assertThat(stats.getNetworks()).isEmpty();
    assertThat(stats.getBlockIo()).isEmpty();
    assertThat(stats.getIntervalNanos()).isNull();
    assertThat(stats.getReset()).isFalse();
  }

  @Test
  void aReadingOfAContainerThatDoesNotRunIsRefused() {
    assertThatThrownBy(() -> map("{\"read\":\"0001-01-01T00:00:00Z\"}", null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoTheContainerIsComesFromWhatTheAgentKnows() {
    ContainerStats.Builder stats = map("{" + READ + "}", null);

    assertThat(stats.getContainerId()).isEqualTo("c1");
    assertThat(stats.getContainerName()).isEqualTo("name-of-c1");
    assertThat(stats.getImage()).isEqualTo("busybox");
    assertThat(stats.getProject()).isEqualTo("shop");
    assertThat(stats.getService()).isEqualTo("web");
    assertThat(stats.getLabels()).isEqualTo(Map.of("team", "blue"));
    assertThat(stats.getState()).isEqualTo("running");
    assertThat(stats.getNetworkMode()).isEqualTo("bridge");
    assertThat(stats.getTick()).isEqualTo(TICK);
    assertThat(stats.getEngineVersion()).isEqualTo("28.5");
    assertThat(stats.getCgroupVersion()).isEqualTo(2);
    assertThat(stats.getSource()).isEqualTo(StatsSource.ENGINE);
  }

  @Test
  void percentOfLimitIsTheShareOfWhatMayBeUsed() {
    ContainerStats.Builder stats =
        StatsMapper.map(
            Recorded.stats(cpu(1_400, 10_000)),
            Recorded.stats(cpu(1_000, 8_000)),
            setting(Containers.limited("c1", 0.5), false));

    assertThat(stats.getCpu().getPercent()).isCloseTo(40.0, within(1e-9));
    assertThat(stats.getCpu().getPercentOfLimit()).isCloseTo(80.0, within(1e-9));
    assertThat(stats.getCpu().getLimitCpus()).isEqualTo(0.5);
  }

  @Test
  void countersThatWentBackAreAResetWithoutAPercent() {
    ContainerStats.Builder stats = map(cpu(10, 10_000), cpu(1_000, 8_000));

    assertThat(stats.getReset()).isTrue();
    assertThat(stats.getCpu().getPercent()).isNull();
    assertThat(stats.getIntervalNanos()).isZero();
  }

  @Test
  void aRestartIsAResetThoughNoCounterWentBack() {
    ContainerStats.Builder stats = afterStart("2026-03-01T12:00:06Z", "2026-03-01T12:00:10Z");

    assertThat(stats.getReset()).isTrue();
    assertThat(stats.getCpu().getPercent()).isNull();
  }

  @Test
  void aStartAfterTheReadingIsNoReset() {
    ContainerStats.Builder stats = afterStart("2026-03-01T12:00:11Z", "2026-03-01T12:00:10Z");

    assertThat(stats.getReset()).isFalse();
    assertThat(stats.getCpu().getPercent()).isNotNull();
  }

  @Test
  void anInterfaceThatGoesIsNoResetAndOneWhoseCountersFallIs() {
    String both =
        "{" + READ + ",\"networks\":{\"eth0\":{\"rx_bytes\":9},\"eth1\":{\"rx_bytes\":5}}}";
    String one = "{" + READ + ",\"networks\":{\"eth0\":{\"rx_bytes\":9}}}";
    String less = "{" + READ + ",\"networks\":{\"eth0\":{\"rx_bytes\":8}}}";

    assertThat(map(one, both).getReset()).isFalse();
    assertThat(map(less, one).getReset()).isTrue();
  }

  @Test
  void hostTimeThatStoodStillOrWentBackGivesNoPercent() {
    assertThat(map(cpu(2_000, 8_000), cpu(1_000, 8_000)).getCpu().getPercent()).isNull();
    assertThat(map(cpu(2_000, 7_000), cpu(1_000, 8_000)).getCpu().getPercent()).isNull();
    assertThat(map(cpu(1_000, 9_000), cpu(1_000, 8_000)).getCpu().getPercent()).isZero();
  }

  @Test
  void percentIsNeverNegativeWhateverTheCounters() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      ContainerStats.Builder stats =
          map(
              cpu(random.nextLong() >>> 1, random.nextLong() >>> 1),
              cpu(random.nextLong() >>> 1, random.nextLong() >>> 1));
      Double percent = stats.getCpu().getPercent();
      assertThat(percent == null || percent >= 0)
          .as("seed %d, round %d: %s", seed, i, percent)
          .isTrue();
    }
  }

  @Test
  void cacheAsLargeAsTheUsageIsNotTakenOffWhatDockerShows() {
    Memory memory =
        map(
                "{"
                    + READ
                    + ",\"memory_stats\":{\"usage\":100,\"limit\":400,\"stats\":{\"inactive_file\":100}}}",
                null)
            .getMemory();

    assertThat(memory.getUsedBytes()).isEqualTo(100);
    assertThat(memory.getWorkingSetBytes()).isZero();
    assertThat(memory.getPercent()).isEqualTo(25.0);
    assertThat(memory.getDetail()).isNull();
  }

  @Test
  void memoryKeysOfBothVersionsLandInTheSameFields() {
    Memory v1 =
        map(
                "{"
                    + READ
                    + ",\"memory_stats\":{\"usage\":9,\"max_usage\":11,\"failcnt\":3,\"stats\":{\"rss\":0,\"total_rss\":5,\"total_cache\":4,\"total_inactive_file\":2,\"inactive_file\":1,\"total_pgfault\":7,\"total_swap\":6}}}",
                null)
            .getMemory();
    Memory v2 =
        map(
                "{"
                    + READ
                    + ",\"memory_stats\":{\"usage\":9,\"stats\":{\"anon\":5,\"file\":4,\"inactive_file\":2,\"pgfault\":7,\"slab\":3,\"sock\":1,\"kernel_stack\":8}}}",
                null)
            .getMemory();

    for (Memory memory : new Memory[] {v1, v2}) {
      assertThat(memory.getAnonBytes()).isEqualTo(5);
      assertThat(memory.getFileBytes()).isEqualTo(4);
      assertThat(memory.getInactiveFileBytes()).isEqualTo(2);
      assertThat(memory.getUsedBytes()).isEqualTo(7);
      assertThat(memory.getPageFaults()).isEqualTo(7);
      assertThat(memory.getLimitBytes()).isNull();
      assertThat(memory.getPercent()).isNull();
    }
    assertThat(v1.getPeakBytes()).isEqualTo(11);
    assertThat(v1.getFailCount()).isEqualTo(3);
    assertThat(v1.getSwapBytes()).isEqualTo(6);
    assertThat(v1.getSlabBytes()).isNull();
    assertThat(v2.getPeakBytes()).isNull();
    assertThat(v2.getFailCount()).isNull();
    assertThat(v2.getSlabBytes()).isEqualTo(3);
    assertThat(v2.getSockBytes()).isEqualTo(1);
    assertThat(v2.getKernelStackBytes()).isEqualTo(8);
  }

  @Test
  void detailKeepsEveryKeyOfTheMemoryPart() {
    StatsReading reading =
        Recorded.stats(
            "{"
                + READ
                + ",\"memory_stats\":{\"stats\":{\"weird\":1,\"huge\":18446744073709551615}}}");

    Memory memory =
        StatsMapper.map(reading, null, setting(Containers.running("c1"), true)).getMemory();

    assertThat(memory.getDetail()).isEqualTo(Map.of("weird", 1L));
  }

  @Test
  void blockDevicesAreGroupedAndOperationsOfEitherCaseCounted() {
    ContainerStats.Builder stats =
        map(
            "{"
                + READ
                + ",\"blkio_stats\":{\"io_service_bytes_recursive\":[{\"major\":254,\"minor\":16,\"op\":\"Read\",\"value\":10},{\"major\":254,\"minor\":16,\"op\":\"write\",\"value\":20},{\"major\":254,\"minor\":16,\"op\":\"Total\",\"value\":30},{\"major\":8,\"minor\":0,\"op\":\"read\",\"value\":1}],\"io_serviced_recursive\":[{\"major\":254,\"minor\":16,\"op\":\"Write\",\"value\":2}]}}",
            null);

    assertThat(stats.getBlockIo())
        .containsExactly(
            new BlockIo(8L, 0L, null, 1L, null, null, null),
            new BlockIo(254L, 16L, null, 10L, 20L, null, 2L));
  }

  @Test
  void anUnlimitedNumberOfTasksIsNull() {
    ContainerStats.Builder stats =
        map("{" + READ + ",\"pids_stats\":{\"current\":3,\"limit\":18446744073709551615}}", null);

    assertThat(stats.getPids().getCurrent()).isEqualTo(3);
    assertThat(stats.getPids().getLimit()).isNull();
  }

  private static ContainerStats.Builder map(String now, String before) {
    return StatsMapper.map(
        Recorded.stats(now),
        before == null ? null : Recorded.stats(before),
        setting(Containers.running("c1"), false));
  }

  private static StatsMapper.Setting setting(KnownContainer container, boolean detail) {
    return new StatsMapper.Setting(container, TICK, 5000, StatsSource.ENGINE, "28.5", 2, detail);
  }

  /**
   * A reading with higher counters than the one before, of a container that is known to have
   * started.
   */
  private static ContainerStats.Builder afterStart(String startedAt, String readAt) {
    KnownContainer container = Containers.startedAt("c1", Instant.parse(startedAt));
    String now = cpu(2_000, 10_000).replace(READ, "\"read\":\"" + readAt + "\"");
    return StatsMapper.map(
        Recorded.stats(now), Recorded.stats(cpu(1_000, 8_000)), setting(container, false));
  }

  private static String cpu(long usage, long host) {
    return "{"
        + READ
        + ",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":"
        + usage
        + "},\"system_cpu_usage\":"
        + host
        + ",\"online_cpus\":2}}";
  }
}
