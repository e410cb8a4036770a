package io.tallyman.schemas;

import java.io.Serial;

/**
 * The sources have said for {@link TallymanDeserializer#UNKNOWN_GRACE} that they do not know the
 * schema of a record. Reject the record.
 */
public final class UnknownSchemaException extends UnreadableRecordException {

  @Serial private static final long serialVersionUID = 1;

  private final int schemaId;

  UnknownSchemaException(String topic, int schemaId, String message) {
    super(topic, message, null);
    this.schemaId = schemaId;
  }

  /** The id that the record names. */
  public int schemaId() {
    return schemaId;
  }
}
