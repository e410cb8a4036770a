package io.tallyman.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.stats.Ticker.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AlignedTickerTest {

  private static final long START = Instant.parse("2026-03-01T12:00:01.700Z").toEpochMilli();

  private final AtomicLong clock = new AtomicLong(START);

  @Test
  void ticksAreWholeMultiplesOfTheInterval() {
    List<Tick> ticks = collect(3, tick -> {});

    assertThat(ticks)
        .containsExactly(
            new Tick(Instant.parse("2026-03-01T12:00:05Z"), 0),
            new Tick(Instant.parse("2026-03-01T12:00:10Z"), 0),
            new Tick(Instant.parse("2026-03-01T12:00:15Z"), 0));
  }

  @Test
  void ticksThatPassDuringASlowCallbackAreCountedAsMissed() {
    List<Tick> ticks =
        collect(3, tick -> clock.addAndGet(ticksToMillis(tick.missed() == 0 ? 3 : 0)));

    assertThat(ticks)
        .containsExactly(
            new Tick(Instant.parse("2026-03-01T12:00:05Z"), 0),
            new Tick(Instant.parse("2026-03-01T12:00:20Z"), 2),
            new Tick(Instant.parse("2026-03-01T12:00:25Z"), 0));
  }

  @Test
  void aClockThatIsSetBackGivesTicksByTheNewTime() {
    List<Tick> ticks =
        collect(
            2,
            tick -> {
              if (tick.due().toEpochMilli() > START) {
                clock.addAndGet(-Duration.ofHours(1).toMillis());
              }
            });

    assertThat(ticks)
        .containsExactly(
            new Tick(Instant.parse("2026-03-01T12:00:05Z"), 0),
            new Tick(Instant.parse("2026-03-01T11:00:10Z"), 0));
  }

  private static long ticksToMillis(long ticks) {
    return ticks * 5000;
  }

  private List<Tick> collect(int count, Consumer<Tick> onTick) {
    List<Tick> ticks = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    try (AlignedTicker ticker =
        new AlignedTicker(
            () -> Instant.ofEpochMilli(clock.get()),
            Duration.ofSeconds(5),
            time -> clock.addAndGet(time.toMillis()))) {
      ticker.start(tick -> {
        if (ticks.size() < count) {
          ticks.add(tick);
          onTick.accept(tick);
        } else {
          done.countDown();
        }
      });
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return ticks;
  }
}
