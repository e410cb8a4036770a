package io.tallyman.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Writes dead letters to {@code <topic>.dlq.<sink>}, with their own bytes, key and headers.
 *
 * <p>A letter that Kafka refuses for good (no rights, too large) throws {@link KafkaException}: the
 * record cannot be set aside, so the worker must not go past it.
 */
public final class KafkaDeadLetters implements DeadLetters {

  /** Knows where dead letters go. */
  @FunctionalInterface
  public interface TopicMaker {

    /**
     * Names the topic for the letters, which exists when this returns.
     *
     * @param topic full name of the topic that the letters come from
     * @return full name of the topic that they go to
     */
    String deadLetterTopicOf(String topic) throws SinkException.Unavailable;

    /**
     * Letters could not be written: the topic for them may be gone.
     *
     * @param topic full name of the topic that the letters come from
     */
    default void notWritten(String topic) {}
  }

  private final Supplier<Producer<byte[], byte[]>> producers;
  private final TopicMaker topics;
  private final String sinkName;
  private final int worker;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * Connects when the first letter is written.
   *
   * @param producers asked for one when the first letter is written; it must wait for all replicas
   *     and give up a record within minutes
   * @param worker number of the worker, from 0
   */
  public KafkaDeadLetters(
      Supplier<Producer<byte[], byte[]>> producers,
      TopicMaker topics,
      String sinkName,
      int worker) {
    this.producers = producers;
    this.topics = topics;
    this.sinkName = sinkName;
    this.worker = worker;
  }

  @Override
  public void send(List<DeadLetter> letters) throws SinkException.Unavailable {
    try {
      var writer = producer;
      if (writer == null) {
        writer = producers.get();
        producer = writer;
      }
      var futures = new ArrayList<Future<RecordMetadata>>(letters.size());
      for (var letter : letters) {
        futures.add(writer.send(record(letter)));
      }
      for (var future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      var cause = e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e);
      throw failed(letters, cause);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (KafkaException e) {
      throw failed(letters, e);
    }
  }

  private ProducerRecord<byte[], byte[]> record(DeadLetter letter)
      throws SinkException.Unavailable {
    var original = letter.original();
    return new ProducerRecord<>(
        topics.deadLetterTopicOf(original.topic()),
        null,
        original.key(),
        original.value(),
        DeadLetterHeaders.of(letter, sinkName, worker));
  }

  private SinkException.Unavailable failed(List<DeadLetter> letters, KafkaException e) {
    letters.stream()
        .map(letter -> letter.original().topic())
        .distinct()
        .forEach(topics::notWritten);
    if (e instanceof RetriableException) {
      return new SinkException.Unavailable(
          "Kafka does not take dead letters: " + e.getMessage(), e);
    }
    throw e;
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close();
    }
  }
}
