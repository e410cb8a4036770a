package io.tallyman.sink.influxdb;

/** How samples are laid out in measurements, tags and fields. */
enum Layout {
  TALLYMAN,
  TELEGRAF,
  STATSPOUT,
  DOCKER_STATS;

  private static final StatsMapper TALLYMAN_MAPPER = new TallymanMapper();
  private static final StatsMapper TELEGRAF_MAPPER = new TelegrafMapper();
  private static final StatsMapper STATSPOUT_MAPPER = new StatspoutMapper();
  private static final StatsMapper DOCKER_STATS_MAPPER = new DockerStatsMapper();

  StatsMapper samples() {
    return switch (this) {
      case TALLYMAN -> TALLYMAN_MAPPER;
      case TELEGRAF -> TELEGRAF_MAPPER;
      case STATSPOUT -> STATSPOUT_MAPPER;
      case DOCKER_STATS -> DOCKER_STATS_MAPPER;
    };
  }
}
