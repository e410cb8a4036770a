package io.tallyman.sink;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that will never reach the store.
 *
 * @param original with its bytes, key and headers
 * @param stage where it failed
 * @param reason why, in one line
 */
public record DeadLetter(
    ConsumerRecord<byte[], byte[]> original,
    Stage stage,
    Class<?> failedIn,
    String reason,
    Throwable cause) {

  /** Kafka Connect's words for where a record failed. */
  public enum Stage {
    VALUE_CONVERTER,
    TASK_PUT
  }
}
