package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static io.tallyman.sink.WorkerBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a worker commits, and when. */
class SinkWorkerTest {

  @RegisterExtension final WorkerBench bench = new WorkerBench();

  @Test
  void commitsAfterTheFlush() {
    bench.at(() -> bench.good(P0, 2)).run();

    assertThat(bench.journal).containsSubsequence("put", "flush", "commit");
    assertThat(bench.journal).containsOnlyOnce("commit");
    assertThat(bench.committed(P0)).isEqualTo(2);
    assertThat(bench.metrics.figures().written()).isEqualTo(2);
    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
  }

  @Test
  void subscribesUnderThePrefix() {
    bench.run();

    assertThat(bench.journal).contains("subscribe [t.docker.gaps.v1]");
  }

  @Test
  void aTombstoneIsARecordWithoutAValue() {
    bench.sink.refuses = record -> record.value() != null;
    bench.at(() -> bench.tombstone(P0)).run();

    assertThat(bench.sink.durable).containsExactly("t.docker.gaps.v1-0@0");
    assertThat(bench.committed(P0)).isEqualTo(1);
  }

  @Test
  void nothingIsCommittedWhenTheFlushFails() {
    bench.sink.flushFailures.add(new SinkException.Unavailable("store is away", null));
    bench.at(() -> bench.good(P0, 2)).idle().run();

    assertThat(bench.journal).doesNotContain("commit");
    assertThat(bench.metrics.figures().returned()).isEqualTo(2);
  }

  @Test
  void aCommitThatFailsIsTriedAgain() {
    bench.consumer.commitFailures.add(new TimeoutException("slow"));
    bench.at(() -> bench.good(P0, 2)).run();

    assertThat(bench.committed(P0)).isEqualTo(2);
    assertThat(bench.sink.puts).hasSize(1);
  }

  @Test
  void aCommitThatTheGroupRefusesIsForgotten() {
    bench.consumer.commitFailures.add(new CommitFailedException());
    bench.at(() -> bench.good(P0, 2)).run();

    assertThat(bench.committed(P0)).isZero();
    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
  }

  @Test
  void revocationCommitsWhatIsWritten() {
    bench.failCommitsUntilTheNextPoll();
    bench.at(() -> bench.good(P0, 2)).at(() -> bench.assign(P1)).run();

    assertThat(bench.committed(P0)).isEqualTo(2);
  }

  @Test
  void nothingIsCommittedForPartitionsThatAreLost() {
    bench.failCommitsUntilTheNextPoll();
    bench
        .at(() -> bench.good(P0, 2))
        .at(() -> Objects.requireNonNull(bench.consumer.listener).onPartitionsLost(List.of(P0)))
        .run();

    assertThat(bench.committed(P0)).isZero();
  }
}
