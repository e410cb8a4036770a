package io.tallyman.schemas;

import java.io.Serial;
import org.apache.kafka.common.KafkaException;

/** A source of schemas cannot answer now; asking again later may help. */
public final class SchemaSourceException extends KafkaException {

  @Serial private static final long serialVersionUID = 1;

  public SchemaSourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
