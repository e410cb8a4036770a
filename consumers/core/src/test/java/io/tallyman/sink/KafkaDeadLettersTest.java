package io.tallyman.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaDeadLettersTest {

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final KafkaDeadLetters letters =
      new KafkaDeadLetters(() -> producer, topic -> topic + ".dlq.mine", "mine", 2);

  @Test
  void keepBytesKeyAndHeadersAndTellWhatWentWrong() throws SinkException {
    letters.send(List.of(letter("why")));

    assertThat(producer.history())
        .singleElement()
        .satisfies(sent -> {
          assertThat(sent.topic()).isEqualTo("t.dlq.mine");
          assertThat(sent.partition()).isNull();
          assertThat(sent.key()).isEqualTo(bytes("key"));
          assertThat(sent.value()).isEqualTo(bytes("value"));
          assertThat(header(sent.headers(), "ce_id")).isEqualTo("original");
          assertThat(header(sent.headers(), "__connect.errors.offset")).isEqualTo("7");
          assertThat(header(sent.headers(), "__connect.errors.task.id")).isEqualTo("2");
          assertThat(header(sent.headers(), "__connect.errors.exception.message")).isEqualTo("why");
        });
  }

  @Test
  void aLetterThatIsRejectedAgainTellsTheLatestError() throws SinkException {
    var letter = letter("later");
    letter.original().headers().add("__connect.errors.exception.message", bytes("earlier"));

    letters.send(List.of(letter));

    assertThat(
            producer.history().getFirst().headers().headers("__connect.errors.exception.message"))
        .singleElement()
        .satisfies(header -> assertThat(header.value()).isEqualTo(bytes("later")));
  }

  @Test
  void longTextsAreCut() throws SinkException {
    letters.send(List.of(letter("x".repeat(100_000))));

    assertThat(
            header(producer.history().getFirst().headers(), "__connect.errors.exception.message"))
        .hasSize(4096);
  }

  @Test
  void returnOnlyWhenAllAreAcknowledged() throws Exception {
    var slow =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    var mine = new KafkaDeadLetters(() -> slow, topic -> topic + ".dlq.mine", "mine", 0);
    var sending =
        CompletableFuture.runAsync(() -> {
          try {
            mine.send(List.of(letter("a"), letter("b")));
          } catch (SinkException e) {
            throw new AssertionError(e);
          }
        });

    org.awaitility.Awaitility.await().until(() -> slow.history().size() == 2);
    slow.completeNext();
    assertThat(sending).isNotDone();
    slow.completeNext();

    sending.get(30, TimeUnit.SECONDS);
  }

  @Test
  void areUnavailableWhileKafkaIs() {
    producer.sendException = new TimeoutException("no leader");

    assertThatThrownBy(() -> letters.send(List.of(letter("why"))))
        .isInstanceOf(SinkException.Unavailable.class)
        .hasMessageContaining("no leader");
  }

  @Test
  void theTopicIsMadeAgainAfterAFailure() throws SinkException {
    var journal = new ArrayList<String>();
    var mine =
        new KafkaDeadLetters(
            () -> producer,
            new KafkaDeadLetters.TopicMaker() {
              @Override
              public String deadLetterTopicOf(String topic) {
                journal.add("make for " + topic);
                return topic + ".dlq.mine";
              }

              @Override
              public void notWritten(String topic) {
                journal.add("forget " + topic);
              }
            },
            "mine",
            0);
    producer.sendException = new TimeoutException("Topic t.dlq.mine not present in metadata");
    assertThatThrownBy(() -> mine.send(List.of(letter("why"))))
        .isInstanceOf(SinkException.Unavailable.class);
    producer.sendException = null;

    mine.send(List.of(letter("why")));

    assertThat(journal).containsExactly("make for t", "forget t", "make for t");
  }

  @Test
  void failForGoodWhenKafkaNeverTakesTheLetter() {
    producer.sendException = new RecordTooLargeException("too large");

    assertThatThrownBy(() -> letters.send(List.of(letter("why"))))
        .isInstanceOf(RecordTooLargeException.class);
  }

  private static DeadLetter letter(String reason) {
    var original = new ConsumerRecord<>("t", 1, 7, bytes("key"), bytes("value"));
    original.headers().add("ce_id", bytes("original"));
    return new DeadLetter(
        original,
        DeadLetter.Stage.TASK_PUT,
        ScriptedSink.class,
        reason,
        new IllegalStateException(reason));
  }

  private static String header(org.apache.kafka.common.header.Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
