package io.tallyman.agent.spool;

/**
 * The figures of one spool, all of one moment. Counts are of records since it was opened: offered +
 * inherited = committed + spooled + queued + refused + shed + corrupted + rejected.
 *
 * @param queued handed over, not yet on disk
 * @param spooled on disk, not yet committed
 * @param corrupted counted as inherited or spooled before, then found unreadable
 * @param rejected left the spool because nobody will ever take them
 * @param bytes size of all segments
 */
public record SpoolSnapshot(
    State state,
    long offered,
    long inherited,
    long committed,
    long spooled,
    long queued,
    long refused,
    long shed,
    long corrupted,
    long rejected,
    long bytes) {

  /** Whether new records are taken. */
  public enum State {
    ACCEPTING,
    /** At the cap. */
    FULL,
    /** The disk is full. */
    NO_SPACE,
    /** The disk failed; the spool is opening itself anew. */
    FAILED,
    CLOSED
  }
}
