package io.tallyman.simulator;

import io.tallyman.simulator.Workload.Wave;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up the containers of a scenario and plans what happens to them. */
final class Fleets {

  private static final Logger log = LoggerFactory.getLogger(Fleets.class);

  private static final long SECOND = 1_000_000_000L;
  private static final long HOUR = 3_600 * SECOND;
  private static final double KIB = 1 << 10;
  private static final double MIB = 1 << 20;

  private final Daemon daemon;
  private final Random random;

  private Fleets(Daemon daemon, long seed) {
    this.daemon = daemon;
    this.random = new Random(seed);
  }

  static void populate(Daemon daemon, Scenario scenario) {
    Fleets fleets = new Fleets(daemon, scenario.seed());
    switch (scenario) {
      case Scenario.DemoFleet demo -> fleets.demo(demo.containers());
      case Scenario.Load load -> fleets.workers("load", load.containers(), 0);
      case Scenario.Empty empty -> {}
      case Scenario.Recording recording -> {}
    }
  }

  private void demo(int containers) {
    List<ContainerSpec.Builder> specs =
        List.of(
            service("shop", "web", "nginx:1.29", 18, 96).healthCheck(probe()),
            service("shop", "api", "registry.example/shop/api:4.2.0", 55, 420)
                .memoryLimitBytes((long) (768 * MIB))
                .cpuLimit(2.0)
                .label("tallyman.max-cpu", "60"),
            service("shop", "checkout", "registry.example/shop/checkout:4.2.0", 32, 310)
                .healthCheck(probe()),
            service("shop", "db", "postgres:17", 24, 900).memoryLimitBytes(2L << 30),
            service("shop", "cache", "valkey/valkey:8", 6, 140),
            service("metrics", "prometheus", "prom/prometheus:v3.5.0", 12, 650),
            service("metrics", "grafana", "grafana/grafana:12.1.0", 4, 180),
            service("metrics", "exporter", "prom/node-exporter:v1.9.1", 1, 28).networkMode("host"),
            service("media", "transcoder", "registry.example/media/transcoder:1.9", 120, 380)
                .memoryLimitBytes((long) (512 * MIB))
                .restartPolicy("always"),
            service("media", "thumbnails", "registry.example/media/thumbnails:1.9", 20, 210)
                .restartPolicy("always"),
            service("media", "queue", "rabbitmq:4", 8, 160),
            plain("watchtower", "containrrr/watchtower:1.7.1", 0.5, 18));
    int placed = Math.min(containers, specs.size());
    for (ContainerSpec.Builder spec : specs.subList(0, placed)) {
      daemon.place(spec.build(), HOUR + random.nextInt(200) * HOUR / 2);
    }
    workers("worker", containers - placed, placed);
    planStory();
  }

  private void planStory() {
    repeat(20, 45, at -> ifThere("media-thumbnails-1", name -> daemon.exit(name, 1)));
    repeat(12, 30, this::runJob);
    repeat(25, 60, at -> ifThere("shop-checkout-1", name -> daemon.probe(name, false)));
    repeat(45, 60, at -> ifThere("shop-checkout-1", name -> daemon.probe(name, true)));
    repeat(50, 120, at -> ifThere("media-transcoder-1", name -> daemon.oom(name, true)));
    repeat(35, 150, at -> ifThere("watchtower", name -> daemon.rename(name, "watchtower-old")));
    repeat(95, 150, at -> ifThere("watchtower-old", name -> daemon.rename(name, "watchtower")));
    repeat(70, 90, at -> ifThere("metrics-grafana-1", daemon::pause));
    repeat(78, 90, at -> ifThere("metrics-grafana-1", daemon::unpause));
    repeat(40, 110, at -> ifThere("shop-api-1", name -> daemon.restart(name, 0)));
  }

  private void runJob(long at) {
    String id =
        daemon.create(
            plain("backup-" + at / SECOND % 100_000, "registry.example/ops/backup:2", 70, 60)
                .compose("ops", "backup")
                .command("sh", "-c", "sleep " + (4 + random.nextInt(6)) + "; exit 0")
                .autoRemove(true)
                .build());
    daemon.start(id);
  }

  /** Runs an action again and again, the first time after {@code firstSeconds}. */
  private void repeat(int firstSeconds, int everySeconds, LongConsumer action) {
    daemon.plan(
        daemon.nowNanos() + firstSeconds * SECOND, due -> repeated(due, everySeconds, action));
  }

  private void repeated(long due, int everySeconds, LongConsumer action) {
    action.accept(due);
    daemon.plan(due + everySeconds * SECOND, next -> repeated(next, everySeconds, action));
  }

  /** Leaves it be when a user of the API has changed the container in the meantime. */
  private void ifThere(String name, Consumer<String> action) {
    try {
      action.accept(name);
    } catch (DockerError e) {
      log.debug("left out: {}", e.text());
    }
  }

  private void workers(String prefix, int count, int from) {
    for (int i = 0; i < count; i++) {
      ContainerSpec.Builder worker =
          plain(prefix + "-" + (from + i), "registry.example/" + prefix + ":1", 0.5 + i % 20, 64)
              .compose(prefix, prefix + "-" + i % 10);
      daemon.place(worker.build(), HOUR + (count - i) * SECOND);
    }
  }

  private ContainerSpec.Builder service(
      String project, String service, String image, double cpuPercent, double memoryMib) {
    return plain(project + "-" + service + "-1", image, cpuPercent, memoryMib)
        .compose(project, service)
        .networkMode(project + "_default");
  }

  private ContainerSpec.Builder plain(
      String name, String image, double cpuPercent, double memoryMib) {
    return ContainerSpec.named(name)
        .image(image)
        .command("serve")
        .workload(
            new Workload(
                wave(cpuPercent, 0.7),
                wave(memoryMib * MIB, 0.15),
                wave(memoryMib * MIB * 0.3, 0.3),
                wave(cpuPercent * 3 * KIB, 0.9),
                wave(cpuPercent * 5 * KIB, 0.9),
                wave(cpuPercent * KIB, 0.9),
                wave(cpuPercent * 2 * KIB, 0.9),
                2 + random.nextInt(30)));
  }

  private Wave wave(double base, double relativeSwing) {
    double period = 40 + random.nextInt(140);
    return new Wave(base, base * relativeSwing, period, random.nextDouble() * 2 * Math.PI);
  }

  private static ContainerSpec.HealthCheck probe() {
    return new ContainerSpec.HealthCheck("wget -qO- localhost/health", 5_000, 2, true);
  }
}
