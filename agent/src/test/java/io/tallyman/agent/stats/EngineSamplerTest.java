package io.tallyman.agent.stats;

import static io.tallyman.agent.stats.FakeEngine.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.tallyman.agent.engine.EngineException;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // A null where a value must be fails the test anyhow.
class EngineSamplerTest {

  private static final Instant T0 = SamplerHarness.T0;

  private final FakeEngine engine = new FakeEngine();
  private final SamplerHarness harness = new SamplerHarness(engine, () -> 0);
  private final CountDownLatch hang = new CountDownLatch(1);

  @AfterEach
  void close() {
    hang.countDown();
    harness.close();
  }

  @Test
  void everyContainerIsReadOnEveryTick() {
    engine.answering(id -> engine.fresh());
    harness.run("a");
    harness.run("b");

    for (int i = 0; i < 3; i++) {
      Instant due = harness.tick();
      Set<String> ids = new HashSet<>();
      for (int n = 0; n < 2; n++) {
        ContainerStats.Builder stats = harness.next();
        assertThat(stats.getTick()).isEqualTo(due);
        assertThat(stats.getIntervalMillis()).isEqualTo(5000);
        ids.add(stats.getContainerId());
      }
      assertThat(ids).containsExactlyInAnyOrder("a", "b");
      // A call is under way until a little after its reading came.
      harness.settle();
    }
    assertThat(harness.sampler.source()).isEqualTo("engine");
    assertThat(harness.sampler.figures().failed()).isZero();
  }

  @Test
  void deltasAreMadeFromTheReadingBefore() {
    engine.answering(id -> reading(T0, 100));
    harness.run("a");
    harness.tick();
    ContainerStats.Builder first = harness.next();
    engine.answering(id -> reading(T0.plusSeconds(5), 150));
    harness.settle();
    harness.tick();
    ContainerStats.Builder second = harness.next();

    assertThat(first.getCpu().getPercent()).isNull();
    assertThat(first.getIntervalNanos()).isNull();
    assertThat(second.getCpu().getPercent()).isCloseTo(0.2, within(1e-9));
    assertThat(second.getIntervalNanos()).isEqualTo(5_000_000_000L);
    assertThat(second.getReset()).isFalse();
  }

  @Test
  void aHungContainerHoldsUpNeitherTheOthersNorTheNextTick() {
    engine.answering(id -> {
      if (id.startsWith("hung")) {
        awaiting(hang);
      }
      return engine.fresh();
    });
    for (int i = 0; i < OneShots.SWEEP_CONCURRENCY - 1; i++) {
      harness.run("hung-" + i);
    }
    harness.run("a");

    for (int i = 0; i < 3; i++) {
      Instant due = harness.tick();
      ContainerStats.Builder stats = harness.next();
      assertThat(stats.getContainerId()).isEqualTo("a");
      assertThat(stats.getTick()).isEqualTo(due);
      harness.settle(OneShots.SWEEP_CONCURRENCY - 1);
    }
    assertThat(harness.sampler.figures().failed()).isEqualTo(2L * (OneShots.SWEEP_CONCURRENCY - 1));
    assertThat(harness.sampler.readings("hung-0").lastError()).contains("still under way");
  }

  @Test
  void noMoreCallsThanAllowedAreUnderWay() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(OneShots.SWEEP_CONCURRENCY);
    engine.answering(id -> {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      full.countDown();
      awaiting(full);
      now.decrementAndGet();
      return engine.fresh();
    });
    for (int i = 0; i < 100; i++) {
      harness.run("c" + i);
    }
    harness.tick();
    for (int i = 0; i < 100; i++) {
      harness.next();
    }
    assertThat(most).hasValue(OneShots.SWEEP_CONCURRENCY);
  }

  @Test
  void aReadingBetweenTicksComesThoughASweepHangs() {
    engine.answering(id -> {
      if (!id.equals("new")) {
        awaiting(hang);
      }
      return engine.fresh();
    });
    for (int i = 0; i < 2 * OneShots.SWEEP_CONCURRENCY; i++) {
      harness.run("hung-" + i);
    }
    harness.tick();
    harness.run("new");
    harness.sampler.readNow("new");

    ContainerStats.Builder stats = harness.next();
    assertThat(stats.getContainerId()).isEqualTo("new");
    assertThat(stats.getTick()).isNull();
  }

  @Test
  void whatDoesNotRunOrIsGoneIsNotReported() {
    engine.answering(id -> {
      if (id.equals("gone")) {
        throw new EngineException.NotFound("No such container");
      }
      return id.equals("stopped") ? reading(null, 0) : engine.fresh();
    });
    harness.run("gone");
    harness.run("stopped");
    harness.run("a");
    harness.tick();

    assertThat(harness.next().getContainerId()).isEqualTo("a");
    harness.settle();
    assertThat(harness.waiting()).isZero();
    assertThat(harness.sampler.figures().failed()).isZero();
  }

  @Test
  void aFailureIsCountedAndNamedUntilTheNextReading() {
    engine.answering(id -> {
      throw new EngineException.Forbidden("the proxy says no", null);
    });
    harness.run("a");
    harness.tick();
    await().atMost(SamplerHarness.PATIENCE).until(() -> harness.sampler.figures().failed() == 1);
    assertThat(harness.sampler.readings("a").lastError()).isEqualTo("the proxy says no");
    harness.settle();

    engine.answering(id -> engine.fresh());
    harness.tick();
    harness.next();
    assertThat(harness.sampler.readings("a").lastError()).isNull();
    assertThat(harness.sampler.readings("a").lastReadAt()).isNotNull();
  }

  @Test
  void theSameReadingIsNotReportedTwiceNorAnOvertakenOne() {
    engine.answering(id -> reading(T0.plusSeconds(10), 5));
    harness.run("a");
    harness.tick();
    harness.next();
    harness.settle();
    harness.tick();
    harness.settle();
    engine.answering(id -> reading(T0.plusSeconds(9), 4));
    harness.tick();
    harness.settle();
    engine.answering(id -> reading(T0.plusSeconds(11), 6));
    harness.tick();

    assertThat(harness.next().getSampledAt()).isEqualTo(T0.plusSeconds(11));
    assertThat(harness.waiting()).isZero();
  }

  @Test
  void aClockThatIsSetBackDoesNotSilenceAContainer() {
    engine.answering(id -> reading(T0, 5));
    harness.run("a");
    harness.tick();
    harness.next();
    harness.settle();
    engine.answering(id -> reading(T0.minusSeconds(3600), 6));
    harness.tick();

    ContainerStats.Builder stats = harness.next();
    assertThat(stats.getIntervalNanos()).isNull();
    assertThat(stats.getReset()).isFalse();
  }

  @Test
  void aContainerWithALongerIntervalIsReadOnEveryMultipleOnly() {
    engine.answering(id -> engine.fresh());
    harness.run("rare", Map.of("tallyman.interval", "12s"));
    int read = 0;
    for (int i = 0; i < 9; i++) {
      Instant due = harness.tick();
      harness.settle();
      if (harness.waiting() > 0) {
        ContainerStats.Builder stats = harness.next();
        assertThat(stats.getIntervalMillis()).isEqualTo(15_000);
        assertThat(due.getEpochSecond() % 15).isZero();
        read++;
      }
    }
    assertThat(read).isEqualTo(3);
  }

  @Test
  void missedTicksAreCountedAndTold() {
    harness.tick();
    harness.tick(4);

    assertThat(harness.missedTicks).containsExactly(4L);
    assertThat(harness.sampler.figures().ticksMissed()).isEqualTo(4);
    assertThat(harness.sampler.figures().ticks()).isEqualTo(2);
  }

  @Test
  void sweepsWithoutAnyReadingAreToldOnceReadingsComeAgain() {
    harness.run("a");
    harness.run("b");
    engine.answering(id -> engine.fresh());
    harness.tick();
    harness.settle();
    engine.answering(id -> {
      throw new EngineException.Unreachable("no answer", null);
    });
    Instant first = harness.tick();
    harness.settle();
    harness.tick();
    harness.settle();
    engine.answering(id -> engine.fresh());
    Instant again = harness.tick();
    harness.settle();
    assertThat(harness.holes).isEmpty();
    harness.tick();

    assertThat(harness.holes).containsExactly(new SamplerHarness.Hole(first, again, 4));
  }

  @Test
  void sweepsWithoutAnyReadingAreToldWhileTheyGoOn() {
    harness.run("a");
    engine.answering(id -> {
      throw new EngineException.Unreachable("no answer", null);
    });
    for (int i = 0; i <= 12; i++) {
      harness.tick();
      harness.settle();
    }

    assertThat(harness.holes)
        .singleElement()
        .satisfies(hole -> {
          assertThat(Duration.between(hole.from(), hole.to())).hasMinutes(1);
          assertThat(hole.lost()).isEqualTo(12);
        });
  }

  @Test
  void aSweepOfWhichOneReadingFailedIsNoHole() {
    harness.run("a");
    harness.run("b");
    engine.answering(id -> {
      if (id.equals("b")) {
        throw new EngineException.Unreachable("no answer", null);
      }
      return engine.fresh();
    });
    for (int i = 0; i < 3; i++) {
      harness.tick();
      harness.settle();
    }
    harness.sampler.close();

    assertThat(harness.holes).isEmpty();
  }

  @Test
  void aReadingWhoseTurnComesAfterTheNextTickIsOfThatTick() {
    CountDownLatch released = new CountDownLatch(1);
    engine.answering(id -> {
      if (id.startsWith("hung")) {
        awaiting(released);
      }
      return engine.fresh();
    });
    for (int i = 0; i < OneShots.SWEEP_CONCURRENCY; i++) {
      harness.run("hung" + i);
    }
    harness.tick();
    await()
        .atMost(SamplerHarness.PATIENCE)
        .until(() -> engine.calls.get() == OneShots.SWEEP_CONCURRENCY);
    harness.run("late");
    Instant first = harness.tick();
    Instant second = harness.tick();
    released.countDown();

    Map<String, Instant> ticks = new HashMap<>();
    for (int i = 0; i <= OneShots.SWEEP_CONCURRENCY; i++) {
      ContainerStats.Builder reading = harness.next();
      ticks.put(reading.getContainerId(), reading.getTick());
    }
    assertThat(ticks.get("late")).isEqualTo(second);
    assertThat(ticks.get("hung0")).as("asked before").isBefore(first);
    harness.settle();
    assertThat(harness.sampler.figures().sweepNanos()).isNotNegative();
  }

  @Test
  void thoseThatDidNotAnswerLastTimeDoNotDelayTheOthers() {
    Semaphore released = new Semaphore(0);
    engine.answering(id -> {
      if (!id.equals("well")) {
        released.acquireUninterruptibly();
        throw new EngineException.Unreachable("no answer", null);
      }
      return engine.fresh();
    });
    int hung = 3 * OneShots.SWEEP_CONCURRENCY;
    for (int i = 0; i < hung; i++) {
      harness.run("hung" + i);
    }
    harness.tick();
    released.release(hung);
    harness.settle();
    // In the inventory it comes behind more of the others than there are places.
    harness.run("well");
    harness.tick();

    assertThat(harness.next().getContainerId()).isEqualTo("well");
    released.release(hung);
    harness.settle();
  }

  private static void awaiting(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new EngineException.Unreachable("closed", e);
    }
  }
}
