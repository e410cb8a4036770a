package io.tallyman.agent.stats;

import static org.awaitility.Awaitility.await;

import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A sampler whose ticks a test gives, and whose readings it takes one by one. */
final class SamplerHarness implements AutoCloseable {

  static final Duration INTERVAL = Duration.ofSeconds(5);
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");

  final Inventory inventory =
      new Inventory(new LabelPolicy(List.of(), true, 256, List.of()), Selection.ALL);
  final EngineSampler sampler;
  private final BlockingQueue<ContainerStats.Builder> readings = new LinkedBlockingQueue<>();
  final BlockingQueue<Long> missedTicks = new LinkedBlockingQueue<>();
  final BlockingQueue<Hole> holes = new LinkedBlockingQueue<>();
  private @Nullable Consumer<Ticker.Tick> onTick;
  private int ticks;

  /** Sweeps without a reading. */
  record Hole(Instant from, Instant to, long lost) {}

  SamplerHarness(DockerEngine engine, LongSupplier nanoTime) {
    sampler =
        new EngineSampler(
            engine,
            inventory,
            () -> null,
            new SamplerSettings(INTERVAL, false),
            new HandTicker(),
            new Output(),
            time -> {},
            nanoTime);
    sampler.start();
  }

  void run(String id) {
    run(id, Map.of());
  }

  void run(String id, Map<String, String> labels) {
    inventory.learn(new ContainerSummary(id, id, "busybox", null, T0, "running", labels, "bridge"));
  }

  /** Ticks once; returns the tick's time. */
  Instant tick() {
    return tick(0);
  }

  Instant tick(long missed) {
    ticks += 1 + Math.toIntExact(missed);
    Instant due = T0.plus(INTERVAL.multipliedBy(ticks));
    Objects.requireNonNull(onTick).accept(new Ticker.Tick(due, missed));
    return due;
  }

  /** The next reading; fails when none comes. */
  ContainerStats.Builder next() {
    try {
      return Objects.requireNonNull(
          readings.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no reading came");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until no call is under way. */
  void settle() {
    settle(0);
  }

  /** Waits until only so many calls are under way. */
  void settle(int hung) {
    await().atMost(PATIENCE).until(() -> sampler.callsUnderWay() == hung);
  }

  /** Readings that came and were not taken. */
  int waiting() {
    return readings.size();
  }

  @Override
  public void close() {
    sampler.close();
  }

  private final class HandTicker implements Ticker {
    @Override
    public void start(Consumer<Tick> consumer) {
      onTick = consumer;
    }

    @Override
    public void close() {}
  }

  private final class Output implements StatsOutput {
    @Override
    public void reading(ContainerStats.Builder stats) {
      readings.add(stats);
    }

    @Override
    public void ticksMissed(Instant from, Instant to, long count) {
      missedTicks.add(count);
    }

    @Override
    public void sweepsFailed(Instant from, Instant to, long lost) {
      holes.add(new Hole(from, to, lost));
    }
  }
}
