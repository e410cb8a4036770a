package io.tallyman.agent.stats;

import static io.tallyman.agent.stats.FakeEngine.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.agent.engine.EngineException;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether an engine is read by calls or by streams, and what becomes of the streams. */
@SuppressWarnings("NullAway") // A null where a value must be fails the test anyhow.
class SlowEngineTest {

  private static final Instant T0 = SamplerHarness.T0;

  private final FakeEngine engine = new FakeEngine();
  private final AtomicLong nanos = new AtomicLong();
  private final SamplerHarness harness = new SamplerHarness(engine, nanos::get);

  @AfterEach
  void close() {
    harness.close();
  }

  @Test
  void anEngineWithSlowCallsIsReadByStreams() {
    engine.answering(id -> {
      nanos.addAndGet(Duration.ofMillis(900).toNanos());
      return engine.fresh();
    });
    harness.run("a");
    harness.tick();
    assertThat(harness.next().getTick()).isNotNull();
    await()
        .atMost(SamplerHarness.PATIENCE)
        .until(() -> harness.sampler.source().equals("engine-stream"));
    assertThat(engine.calls).hasValue(3);
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsOpened.get() == 1);

    engine.frame("a", engine.fresh());
    assertThat(harness.next().getTick()).as("first frame, at once").isNull();
    Instant newest = T0.plusSeconds(60);
    engine.frame("a", reading(newest.minusMillis(500), 40));
    engine.frame("a", reading(newest, 50));
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.asked("a") == 4);

    Instant due = harness.tick();
    ContainerStats.Builder stats = harness.next();
    assertThat(stats.getTick()).isEqualTo(due);
    assertThat(stats.getSampledAt()).isEqualTo(newest);
    assertThat(engine.calls).hasValue(3);
  }

  @Test
  void oneSlowCallOfThreeDoesNotChangeTheSource() {
    AtomicInteger call = new AtomicInteger();
    engine.answering(id -> {
      nanos.addAndGet(Duration.ofMillis(call.getAndIncrement() == 0 ? 5000 : 3).toNanos());
      return engine.fresh();
    });
    harness.run("a");
    for (int i = 0; i < 4; i++) {
      harness.tick();
      harness.next();
      harness.settle();
    }
    assertThat(harness.sampler.source()).isEqualTo("engine");
    assertThat(engine.streamsOpened).hasValue(0);
  }

  @Test
  void whatWasSlowForAMomentIsReadByCallsAgain() {
    streaming();
    engine.answering(id -> engine.fresh());
    harness.tick();
    harness.settle();
    assertThat(engine.calls).as("too early to try").hasValue(3);

    nanos.addAndGet(EngineSampler.FIRST_RETRIAL.toNanos());
    harness.tick();
    harness.settle();
    assertThat(harness.sampler.source()).isEqualTo("engine");
    Instant due = harness.tick();
    assertThat(harness.next().getTick()).isEqualTo(due);
    assertThat(engine.calls).hasValue(7);
    await().atMost(SamplerHarness.PATIENCE).until(() -> harness.sampler.streamsKept() == 0);
  }

  @Test
  void whatIsStillSlowIsTriedMoreSeldom() {
    streaming();
    nanos.addAndGet(EngineSampler.FIRST_RETRIAL.toNanos());
    harness.tick();
    harness.settle();
    assertThat(engine.calls).hasValue(6);
    assertThat(harness.sampler.source()).isEqualTo("engine-stream");

    nanos.addAndGet(EngineSampler.FIRST_RETRIAL.toNanos());
    harness.tick();
    nanos.addAndGet(EngineSampler.FIRST_RETRIAL.toNanos());
    harness.tick();
    harness.settle();
    assertThat(engine.calls).hasValue(9);
    assertThat(harness.sampler.source()).isEqualTo("engine-stream");
    assertThat(harness.sampler.streamsKept()).isEqualTo(1);
  }

  @Test
  void anEngineThatIsAwayIsNotTakenForAFastOne() {
    engine.answering(id -> {
      throw new EngineException.Unreachable("refused", null);
    });
    harness.run("a");
    for (int i = 0; i < 4; i++) {
      harness.tick();
      harness.settle();
    }
    engine.answering(id -> {
      nanos.addAndGet(Duration.ofMillis(900).toNanos());
      return engine.fresh();
    });
    harness.tick();
    await()
        .atMost(SamplerHarness.PATIENCE)
        .until(() -> harness.sampler.source().equals("engine-stream"));
  }

  @Test
  void streamsComeAndGoWithTheirContainers() {
    streaming();
    harness.run("b");
    harness.sampler.readNow("b");
    engine.frame("b", engine.fresh());
    assertThat(harness.next().getContainerId()).isEqualTo("b");
    assertThat(harness.sampler.streamsKept()).isEqualTo(2);

    harness.inventory.forget("b");
    harness.tick();
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsClosed.get() == 1);
    assertThat(harness.sampler.streamsKept()).isEqualTo(1);
  }

  @Test
  void aStreamThatEndsIsOpenedAnew() {
    streaming();
    engine.frame("a", FakeEngine.END);
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsOpened.get() == 2);
    engine.frame("a", engine.fresh());
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.asked("a") == 4);
    harness.tick();

    assertThat(harness.next().getContainerId()).isEqualTo("a");
    assertThat(harness.sampler.streamsKept()).isEqualTo(1);
  }

  @Test
  void theLateEndOfAnOldStreamLeavesTheNewOneAlone() {
    streaming();
    engine.holdCloses();
    harness.inventory.forget("a");
    harness.tick();
    harness.run("a");
    harness.sampler.readNow("a");
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsOpened.get() == 2);
    engine.releaseCloses();
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsEnded.get() == 1);

    engine.frame("a", engine.fresh());
    assertThat(harness.next().getContainerId()).isEqualTo("a");
    harness.tick();
    assertThat(harness.sampler.streamsKept()).isEqualTo(1);
    assertThat(engine.streamsOpened).hasValue(2);
  }

  @Test
  void aFrameOfADeadContainerEndsWhatWasBeforeIt() {
    streaming();
    engine.frame("a", engine.fresh());
    engine.frame("a", reading(null, 0));
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.asked("a") == 4);
    harness.tick();

    assertThat(harness.waiting()).isZero();
    assertThat(harness.sampler.figures().failed()).isZero();
  }

  @Test
  void aSilentStreamIsGivenUpForAnother() {
    streaming();
    harness.tick();
    assertThat(engine.streamsOpened).hasValue(1);
    nanos.addAndGet(Duration.ofSeconds(16).toNanos());
    harness.tick();
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsOpened.get() == 2);
    assertThat(harness.sampler.figures().failed()).isEqualTo(1);
    assertThat(harness.sampler.readings("a").lastError()).contains("no readings");
  }

  @Test
  void closingEndsAllStreams() {
    streaming();
    harness.sampler.close();
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsClosed.get() == 1);
    assertThat(harness.sampler.streamsKept()).isZero();
  }

  /** Brings the sampler to read container a by a stream, of which one frame was reported. */
  private void streaming() {
    engine.answering(id -> {
      nanos.addAndGet(Duration.ofMillis(900).toNanos());
      return engine.fresh();
    });
    harness.run("a");
    harness.tick();
    harness.next();
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.streamsOpened.get() == 1);
    engine.frame("a", engine.fresh());
    harness.next();
    await().atMost(SamplerHarness.PATIENCE).until(() -> engine.asked("a") == 2);
    harness.settle();
  }
}
