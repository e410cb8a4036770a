package io.tallyman.sink;

/** What of its topics a sink reads. */
public enum Reading {
  /**
   * The workers of an instance share the partitions as a consumer group. Every record is read from
   * the first on, and offsets are committed, so that nothing is missed.
   */
  GROUP,

  /**
   * One worker reads all partitions without a group and without commits: for a sink that shows what
   * is now. It begins at their ends, so what is appended while it does not run is never read; only
   * of compacted topics, which hold what is now, it reads all.
   */
  TAIL
}
