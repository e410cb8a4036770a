package io.tallyman.agent.spool;

/** What became of a record that was handed to the spool. */
public sealed interface AppendOutcome {

  /** It is on disk and survives a crash of the process and of the machine. */
  record Accepted(long sequence) implements AppendOutcome {}

  /**
   * It is not in the spool. When the disk failed or was full and could not be cleaned up either, it
   * may be there after all at the next start.
   */
  record Refused(Refusal refusal, String detail) implements AppendOutcome {}

  /** Why a record was refused. */
  enum Refusal {
    /** The record is larger than a frame may be; it will never be accepted. */
    TOO_LARGE,
    /** The spool is at its cap; there is room again when records were committed. */
    FULL,
    /** The disk is full. */
    NO_SPACE,
    /** More waits for the disk than may; try again after the next group commit. */
    BACKLOG,
    /** The disk failed; the spool is opening itself anew. */
    FAILED,
    /** The spool was closed. */
    CLOSED
  }
}
