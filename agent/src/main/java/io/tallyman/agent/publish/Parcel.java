package io.tallyman.agent.publish;

import io.tallyman.agent.spool.SpoolRecord;

/**
 * A record that is being sent.
 *
 * @param sequence its place in the spool; {@link #IN_MEMORY} when it is not there
 */
record Parcel(long sequence, SpoolRecord record) {

  static final long IN_MEMORY = 0;

  /** Bytes that a record takes beside its key and payload. */
  static final int OVERHEAD_BYTES = 200;

  boolean isSpooled() {
    return sequence != IN_MEMORY;
  }

  int bytes() {
    return bytes(record);
  }

  static int bytes(SpoolRecord record) {
    return OVERHEAD_BYTES + record.key().length() + record.payload().length;
  }
}
