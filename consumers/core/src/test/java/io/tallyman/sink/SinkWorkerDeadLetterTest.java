package io.tallyman.sink;

import static io.tallyman.sink.WorkerBench.P0;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of records that cannot be read, or that the store rejects. */
class SinkWorkerDeadLetterTest {

  @RegisterExtension final WorkerBench bench = new WorkerBench();

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
}
