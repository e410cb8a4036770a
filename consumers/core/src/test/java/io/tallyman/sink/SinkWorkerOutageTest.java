package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static io.tallyman.sink.WorkerBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a worker does while its store is away. */
class SinkWorkerOutageTest {

  @RegisterExtension final WorkerBench bench = new WorkerBench();

  @Test
  void redeliversTheSameBatchWhenTheStoreIsBack() {
    bench.sink.putFailures.add(new SinkException.Unavailable("store is away", null));
    bench
        .at(() -> bench.good(P0, 2))
        .at(() ->
            assertThat(bench.worker.state())
                .isInstanceOfSatisfying(
                    WorkerState.Waiting.class,
                    waiting -> {
                      assertThat(waiting.reason()).isEqualTo("store is away");
                      assertThat(waiting.attempts()).isEqualTo(1);
                    }))
        .at(() -> bench.good(P0, 1))
        .at(() -> bench.clock.advance(Duration.ofMillis(100)))
        .idle()
        .run();

    assertThat(bench.sink.puts)
        .containsExactly(
            List.of("t.docker.gaps.v1-0@0", "t.docker.gaps.v1-0@1"),
            List.of("t.docker.gaps.v1-0@0", "t.docker.gaps.v1-0@1"),
            List.of("t.docker.gaps.v1-0@2"));
    assertThat(bench.journal)
        .containsSubsequence(
            "put", "poll paused", "poll paused", "poll paused", "put", "flush", "commit", "poll");
    assertThat(bench.committed(P0)).isEqualTo(3);
    assertThat(bench.metrics.figures().retries()).isEqualTo(1);
  }

  @Test
  void waitsAsLongAsTheStoreAsks() {
    bench.sink.putFailures.add(new SinkException.Unavailable("busy", null, Duration.ofSeconds(60)));
    bench
        .at(() -> bench.good(P0, 1))
        .at(() -> bench.clock.advance(Duration.ofSeconds(59)))
        .at(() -> assertThat(bench.sink.puts).hasSize(1))
        .at(() -> bench.clock.advance(Duration.ofMillis(1_100)))
        .run();

    assertThat(bench.sink.puts).hasSize(2);
  }

  @Test
  void aClockThatIsSetBackDoesNotProlongTheWait() {
    bench.sink.putFailures.add(new SinkException.Unavailable("away", null));
    bench
        .at(() -> bench.good(P0, 1))
        .at(() -> bench.clock.advance(Duration.ofHours(-1)))
        .idle()
        .run();

    assertThat(bench.sink.durable).hasSize(1);
  }

  @Test
  void newPartitionsArePausedWhileTheStoreIsAway() {
    bench.sink.putFailures.add(new SinkException.Unavailable("away", null));
    bench
        .at(() -> bench.assign(P0))
        .at(() -> bench.good(P0, 1))
        .at(() -> bench.assign(P0, P1))
        .at(() -> assertThat(bench.consumer.paused()).containsExactlyInAnyOrder(P0, P1))
        .run();

    assertThat(bench.metrics.figures().returned()).isEqualTo(1);
  }

  @Test
  void whatIsRevokedWhileTheStoreIsAwayIsLeftToOthers() {
    bench.sink.putFailures.add(new SinkException.Unavailable("away", null));
    bench
        .at(() -> {
          bench.good(P0, 2);
          bench.good(P1, 1);
        })
        .at(() -> bench.assign(P1))
        .at(() -> bench.clock.advance(Duration.ofMillis(100)))
        .run();

    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
    assertThat(bench.sink.puts.getLast())
        .as(() -> bench.journal.toString())
        .containsExactly("t.docker.gaps.v1-1@0");
    assertThat(bench.committed(P0)).isZero();
    assertThat(bench.committed(P1)).isEqualTo(1);
    assertThat(bench.metrics.figures().returned()).isEqualTo(2);
  }

  @Test
  void opensAgainWhenTheStoreIsAwayAtTheStart() {
    bench.sink.openFailures.add(new SinkException.Unavailable("away", null));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.journal).startsWith("open", "open", "subscribe [t.docker.gaps.v1]");
    assertThat(bench.sink.durable).hasSize(1);
  }

  @Test
  void lagGrowsWhileTheStoreIsAway() {
    for (int i = 0; i < 10; i++) {
      bench.sink.putFailures.add(new SinkException.Unavailable("away", null));
    }
    bench
        .at(() -> bench.good(P0, 2))
        .at(() -> {
          bench.good(P0, 5);
          bench.clock.advance(LagGauge.INTERVAL);
        })
        .at(() -> assertThat(bench.metrics.figures().lag()).containsEntry(P0, 7L))
        .at(() -> bench.assign(P1))
        .run();

    assertThat(bench.metrics.figures().lag()).doesNotContainKey(P0);
  }
}
