package io.tallyman.agent.spool;

/** What makes the spool safe. Tests turn each off to see that they notice. */
enum Mechanism {
  FSYNC_BEFORE_ACCEPT,
  DIRECTORY_FSYNC,
  CURSOR_BEFORE_UNLINK,
  CHECKSUM,
  RESYNC,
  TRUNCATION,
  /** A segment whose write or fsync failed is never written or fsynced again. */
  ABANDON_AFTER_FAILURE,
  /** A directory has one owner. */
  FILE_LOCK,
  /** Part of the cap is kept for the records that tell of a loss. */
  GAP_RESERVE,
  /** Room on the disk is kept for the cursor, without which nothing may be unlinked. */
  DISK_RESERVE
}
