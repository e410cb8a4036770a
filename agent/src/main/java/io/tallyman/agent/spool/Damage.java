package io.tallyman.agent.spool;

/** Something in the spool that cannot be read any more. */
public sealed interface Damage {

  /** First sequence that may be lost. */
  long fromSequence();

  /** Bytes that were passed over. */
  long bytes();

  /**
   * Unreadable frames between readable ones; what is around them is kept. The last frames before a
   * power loss can look like this though they were never accepted. Reported at every open until a
   * later record is committed.
   *
   * @param toSequence last lost sequence, so the number of lost records is known
   * @param bytes 0 when a whole segment is missing
   */
  record Corruption(long fromSequence, long toSequence, long bytes) implements Damage {

    /** How many records are lost. */
    public long records() {
      return toSequence - fromSequence + 1;
    }
  }

  /**
   * A last frame that is not whole, as a crash in the middle of a write leaves it. It was cut off.
   * Unless something else damaged the file, it was never accepted; how many frames it was is not
   * known.
   */
  record TornTail(long fromSequence, long bytes) implements Damage {}
}
