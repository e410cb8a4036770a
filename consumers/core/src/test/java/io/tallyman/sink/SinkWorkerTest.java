package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static io.tallyman.sink.WorkerBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SinkWorkerTest {

  private final WorkerBench bench = new WorkerBench();

  /** Whatever happens: the identity holds, nothing stays in flight, everything is closed. */
  @AfterEach
  void theFiguresAddUp() {
    assertThat(bench.metrics.figures().inFlight()).isZero();
    assertThat(bench.sink.closed).isTrue();
    assertThat(bench.deadLetters.closed).isTrue();
    assertThat(bench.consumer.closed()).isTrue();
  }

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
  void nothingIsCommittedWhenTheFlushFails() {
    bench.sink.flushFailures.add(new SinkException.Unavailable("store is away", null));
    bench.at(() -> bench.good(P0, 2)).idle().run();

    assertThat(bench.journal).doesNotContain("commit");
    assertThat(bench.metrics.figures().returned()).isEqualTo(2);
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
  void revocationCommitsWhatIsWritten() {
    failCommitsUntilTheNextPoll();
    bench.at(() -> bench.good(P0, 2)).at(() -> bench.assign(P1)).run();

    assertThat(bench.committed(P0)).isEqualTo(2);
  }

  @Test
  void nothingIsCommittedForPartitionsThatAreLost() {
    failCommitsUntilTheNextPoll();
    bench
        .at(() -> bench.good(P0, 2))
        .at(() -> Objects.requireNonNull(bench.consumer.listener).onPartitionsLost(List.of(P0)))
        .run();

    assertThat(bench.committed(P0)).isZero();
  }

  /** One commit follows the flush, and one comes before the next poll. */
  private void failCommitsUntilTheNextPoll() {
    bench.consumer.commitFailures.add(new TimeoutException("slow"));
    bench.consumer.commitFailures.add(new TimeoutException("slow"));
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
  void poisonIsDeadLetteredBeforeTheCommit() {
    bench
        .at(() -> {
          bench.good(P0, 1);
          bench.garbage(P0);
          bench.good(P0, 1);
        })
        .run();

    assertThat(bench.journal).containsSubsequence("dead-letter", "put", "flush", "commit");
    assertThat(bench.sink.durable).containsExactly("t.docker.gaps.v1-0@0", "t.docker.gaps.v1-0@2");
    assertThat(bench.deadLetters.letters)
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.original().value()).asString().isEqualTo("garbage");
          assertThat(letter.stage()).isEqualTo(DeadLetter.Stage.VALUE_CONVERTER);
        });
    assertThat(bench.committed(P0)).isEqualTo(3);
    assertThat(bench.metrics.figures().deadLettered()).isEqualTo(1);
  }

  @Test
  void nothingIsCommittedWhileDeadLettersCannotBeWritten() {
    bench.deadLetters.failures.add(new SinkException.Unavailable("no leader", null));
    bench
        .at(() -> {
          bench.garbage(P0);
          bench.good(P0, 1);
        })
        .at(() -> assertThat(bench.journal).doesNotContain("commit", "put"))
        .at(() -> bench.clock.advance(Duration.ofMillis(100)))
        .run();

    assertThat(bench.journal).containsSubsequence("dead-letter", "dead-letter", "put", "commit");
    assertThat(bench.deadLetters.letters).hasSize(1);
    assertThat(bench.committed(P0)).isEqualTo(2);
  }

  @Test
  void aLetterIsWrittenOnceThoughTheStoreIsAwayAfterIt() {
    bench.sink.putFailures.add(new SinkException.Unavailable("away", null));
    bench
        .at(() -> {
          bench.garbage(P0);
          bench.good(P0, 1);
        })
        .at(() -> bench.clock.advance(Duration.ofMillis(100)))
        .run();

    assertThat(bench.deadLetters.letters).hasSize(1);
    assertThat(bench.sink.durable).hasSize(1);
  }

  @Test
  void rejectedRecordsAreDeadLetteredAndTheRestIsWritten() {
    bench.sink.refuses = record -> record.offset() == 1;
    bench.at(() -> bench.good(P0, 3)).idle().run();

    assertThat(bench.sink.durable).containsExactly("t.docker.gaps.v1-0@0", "t.docker.gaps.v1-0@2");
    assertThat(bench.deadLetters.letters)
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.original().offset()).isEqualTo(1);
          assertThat(letter.reason()).isEqualTo("not to my taste");
          assertThat(letter.stage()).isEqualTo(DeadLetter.Stage.TASK_PUT);
        });
    assertThat(bench.journal).containsSubsequence("put", "dead-letter", "put", "flush", "commit");
    assertThat(bench.committed(P0)).isEqualTo(3);
  }

  @Test
  void aSinkThatRejectsWhatItWasNotGivenIsStopped() {
    bench.sink.putFailures.add(
        new SinkException.Rejected(
            Map.of(
                new SinkRecord(
                    "docker.gaps.v1",
                    null,
                    null,
                    new org.apache.kafka.clients.consumer.ConsumerRecord<>(
                        "elsewhere", 0, 0, null, null)),
                "?")));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.worker.state()).isInstanceOf(WorkerState.Failed.class);
    assertThat(bench.committed(P0)).isZero();
  }

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
  void opensAgainWhenTheStoreIsAwayAtTheStart() {
    bench.sink.openFailures.add(new SinkException.Unavailable("away", null));
    bench.at(() -> bench.good(P0, 1)).run();

    assertThat(bench.journal).startsWith("open", "open", "subscribe [t.docker.gaps.v1]");
    assertThat(bench.sink.durable).hasSize(1);
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
    failCommitsUntilTheNextPoll();
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
