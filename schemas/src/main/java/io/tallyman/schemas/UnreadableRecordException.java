package io.tallyman.schemas;

import java.io.Serial;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The value of a record could not be read. Its kinds tell what to do: wait and retry ({@link
 * SchemaUnavailableException}), or reject the record (the others).
 */
public abstract sealed class UnreadableRecordException extends SerializationException
    permits RecordCorruptException, SchemaUnavailableException, UnknownSchemaException {

  @Serial private static final long serialVersionUID = 1;

  private final String topic;

  UnreadableRecordException(String topic, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.topic = topic;
  }

  /** Full name of the topic that the record came from. */
  public String topic() {
    return topic;
  }
}
