package io.tallyman.cli.kafka;

/** Kafka does not answer or refuses; the message is one line that says what to look at. */
public final class KafkaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KafkaUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
