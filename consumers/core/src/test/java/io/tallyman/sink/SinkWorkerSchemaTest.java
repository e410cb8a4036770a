package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static io.tallyman.sink.WorkerBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of records whose schema cannot be had yet. */
class SinkWorkerSchemaTest {

  @RegisterExtension final WorkerBench bench = new WorkerBench();

  @Test
  void anUnknownSchemaHoldsBackItsPartitionAlone() {
    bench
        .at(() -> {
          bench.good(P0, 1);
          bench.unknownSchema(P0);
          bench.good(P0, 1);
          bench.good(P1, 1);
        })
        .at(() ->
            assertThat(bench.worker.state())
                .isInstanceOfSatisfying(
                    WorkerState.Running.class,
                    running ->
                        assertThat(running.held())
                            .hasEntrySatisfying(
                                P0.toString(),
                                reason ->
                                    assertThat(reason).contains("99", "t.docker.gaps.v1-0@1"))))
        .at(() -> bench.good(P1, 1))
        .run();

    assertThat(bench.sink.durable)
        .containsExactlyInAnyOrder(
            "t.docker.gaps.v1-0@0", "t.docker.gaps.v1-1@0", "t.docker.gaps.v1-1@1");
    assertThat(bench.committed(P0)).isEqualTo(1);
    assertThat(bench.committed(P1)).isEqualTo(2);
    assertThat(bench.deadLetters.letters).isEmpty();
  }

  @Test
  void aSchemaThatStaysUnknownIsRejectedAfterTenMinutes() {
    bench
        .at(() -> {
          bench.unknownSchema(P0);
          bench.good(P0, 1);
        })
        .at(() -> bench.clock.advance(Duration.ofMinutes(9)))
        .at(() -> assertThat(bench.deadLetters.letters).isEmpty())
        .at(() -> bench.clock.advance(Duration.ofMinutes(1)))
        .idle()
        .run();

    assertThat(bench.deadLetters.letters).hasSize(1);
    assertThat(bench.sink.durable).containsExactly("t.docker.gaps.v1-0@1");
    assertThat(bench.committed(P0)).isEqualTo(2);
  }

  @Test
  void aSchemaIsWaitedForAsLongAsItsSourceIsDown() {
    bench.registryIsDown = true;
    bench
        .at(() -> bench.unknownSchema(P0))
        .at(() -> bench.clock.advance(Duration.ofHours(1)))
        .idle()
        .at(() -> bench.clock.advance(Duration.ofHours(1)))
        .idle()
        .run();

    assertThat(bench.deadLetters.letters).isEmpty();
    assertThat(bench.committed(P0)).isZero();
    assertThat(bench.metrics.figures().retries()).isGreaterThan(2);
  }
}
