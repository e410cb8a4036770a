package io.tallyman.schemas;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The bytes are not what their frame and schema say; they never will be. */
public final class RecordCorruptException extends UnreadableRecordException {

  @Serial private static final long serialVersionUID = 1;

  RecordCorruptException(String topic, String message, @Nullable Throwable cause) {
    super(topic, message, cause);
  }
}
