package io.tallyman.query.topology;

import io.tallyman.schemas.UnreadableRecordException;
import org.apache.avro.specific.SpecificRecord;

/** A framed value and what became of reading it. */
public sealed interface Decoded {

  /** The value as it came from Kafka. */
  byte[] framed();

  /** The record it holds. */
  @SuppressWarnings("ArrayRecordComponent") // Kafka's own currency; never compared
  record Intact(SpecificRecord value, byte[] framed) implements Decoded {}

  /** Why it holds none; the kind of exception says whether to try again. */
  @SuppressWarnings("ArrayRecordComponent")
  record Unreadable(UnreadableRecordException reason, byte[] framed) implements Decoded {}
}
