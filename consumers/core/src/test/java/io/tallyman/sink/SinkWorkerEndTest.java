package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a worker ends. */
class SinkWorkerEndTest {

  @RegisterExtension final WorkerBench bench = new WorkerBench();

  @Test
  void refusedCredentialsStopTheWorkerWithTheMessage() {
    bench.sink.putFailures.add(new SinkException.CredentialsRefused("the token is refused", null));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.worker.state())
        .isInstanceOfSatisfying(
            WorkerState.Failed.class,
            failed -> assertThat(failed.message()).isEqualTo("the token is refused"));
    assertThat(bench.journal).doesNotContain("commit");
  }

  @Test
  void anyOtherExceptionStopsTheWorker() {
    bench.sink.flushFailures.add(new IllegalStateException("a bug"));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.worker.state())
        .isInstanceOfSatisfying(
            WorkerState.Failed.class, failed -> assertThat(failed.cause()).hasMessage("a bug"));
    assertThat(bench.journal).doesNotContain("commit");
  }

  @Test
  void aSinkThatHasEndedIsNoFailure() {
    bench.sink.putFailures.add(new SinkException.Ended("the reader has gone"));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.worker.state()).isEqualTo(new WorkerState.Stopped("the reader has gone"));
    assertThat(bench.journal).doesNotContain("commit");
  }

  @Test
  void canBeStoppedBeforeTheStoreIsThere() {
    bench.sink.openFailures.add(new SinkException.Unavailable("away", null));
    bench.onPrepare = bench.worker::stop;
    bench.worker.run();

    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
    assertThat(bench.journal).containsExactly("open", "close");
  }

  @Test
  void wrongOptionsStopTheWorkerAtOnce() {
    bench.sink.openFailures.add(new IllegalArgumentException("option format is 'xml'"));
    bench.run();

    assertThat(bench.worker.state())
        .isInstanceOfSatisfying(
            WorkerState.Failed.class,
            failed -> {
              assertThat(failed.message()).isEqualTo("option format is 'xml'");
              assertThat(failed.wrongOption()).isTrue();
            });
  }

  @Test
  void afterTheStartNoExceptionMeansAWrongOption() {
    bench.sink.putFailures.add(new IllegalArgumentException("a bug"));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.worker.state())
        .isInstanceOfSatisfying(
            WorkerState.Failed.class, failed -> assertThat(failed.wrongOption()).isFalse());
  }

  @Test
  void anInterruptAfterItWasToldToStopIsNoFailure() {
    bench.sink.putFailures.add(new IllegalStateException("closed by interrupt"));
    bench.sink.onPut =
        () -> {
          bench.worker.stop();
          Thread.currentThread().interrupt();
        };
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
    assertThat(bench.journal).doesNotContain("commit");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void aStopInTheMiddleOfTheStartIsNoFailure() {
    bench.onPrepare =
        () -> {
          bench.worker.stop();
          throw new WakeupException();
        };
    bench.worker.run();

    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
  }

  @Test
  void anInterruptInTheMiddleOfTheStartIsNoFailure() {
    bench.sink.openFailures.add(new SinkException.Unavailable("interrupted", null));
    bench.onPrepare =
        () -> {
          bench.worker.stop();
          Thread.currentThread().interrupt();
        };
    bench.worker.run();

    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Stopped.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
