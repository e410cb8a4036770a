package io.tallyman.schemas;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a record cannot be had yet: its source cannot answer, or has said only for a short
 * while that it does not know it. Retry the record.
 */
public final class SchemaUnavailableException extends UnreadableRecordException {

  @Serial private static final long serialVersionUID = 1;

  private final int schemaId;

  SchemaUnavailableException(
      String topic, int schemaId, String message, @Nullable Throwable cause) {
    super(topic, message, cause);
    this.schemaId = schemaId;
  }

  /** The id that the record names. */
  public int schemaId() {
    return schemaId;
  }
}
