package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a worker tells of a Kafka that does not answer. */
class SinkWorkerSilenceTest {

  @RegisterExtension final WorkerBench bench = new WorkerBench();

  @Test
  void kafkaThatDoesNotAnswerIsToldAndThatItDoesAgain() {
    var states = new ArrayList<WorkerState>();
    bench.consumer.endFailures.add(new TimeoutException("late"));
    bench.consumer.endFailures.add(new TimeoutException("no broker"));
    Runnable next =
        () -> {
          states.add(bench.worker.state());
          bench.clock.advance(LagGauge.RETRY);
        };
    bench.idle().at(next).at(next).at(next).run();

    assertThat(states)
        .satisfiesExactly(
            one -> assertThat(one).isInstanceOf(WorkerState.Running.class),
            two ->
                assertThat(two)
                    .isInstanceOfSatisfying(
                        WorkerState.Waiting.class,
                        waiting -> {
                          assertThat(waiting.reason())
                              .isEqualTo("Kafka does not answer: no broker");
                          assertThat(waiting.attempts()).isEqualTo(2);
                        }),
            three -> assertThat(three).isInstanceOf(WorkerState.Running.class));
  }

  @Test
  void commitsThatKafkaDoesNotAnswerAreToldToo() {
    var states = new ArrayList<WorkerState>();
    bench.failCommitsUntilTheNextPoll();
    bench
        .at(() -> bench.good(P0, 1))
        .idle()
        .at(() -> states.add(bench.worker.state()))
        .at(() -> states.add(bench.worker.state()))
        .run();

    assertThat(bench.committed(P0)).isEqualTo(1);
    assertThat(states)
        .satisfiesExactly(
            one -> assertThat(one).isInstanceOf(WorkerState.Waiting.class),
            two -> assertThat(two).isInstanceOf(WorkerState.Running.class));
  }

  @Test
  void theLagIsAskedForAsSoonAsThereArePartitions() {
    bench
        .at(bench::assign)
        .at(() -> assertThat(bench.metrics.figures().lag()).isEmpty())
        .at(() -> bench.assign(P0))
        .at(() -> assertThat(bench.metrics.figures().lag()).containsEntry(P0, 0L))
        .run();
  }

  @Test
  void aWorkerWithoutPartitionsNoticesToo() {
    var states = new ArrayList<WorkerState>();
    bench
        .at(bench::assign)
        .at(() -> {
          bench.consumer.endFailures.add(new TimeoutException("late"));
          bench.consumer.endFailures.add(new TimeoutException("no broker"));
          bench.clock.advance(LagGauge.INTERVAL);
        })
        .at(() -> bench.clock.advance(LagGauge.RETRY))
        .at(() -> {
          states.add(bench.worker.state());
          bench.clock.advance(LagGauge.RETRY);
        })
        .at(() -> states.add(bench.worker.state()))
        .run();

    assertThat(states)
        .satisfiesExactly(
            one -> assertThat(one).isInstanceOf(WorkerState.Waiting.class),
            two -> assertThat(two).isInstanceOf(WorkerState.Running.class));
    assertThat(bench.metrics.figures().lag()).isEmpty();
  }
}
