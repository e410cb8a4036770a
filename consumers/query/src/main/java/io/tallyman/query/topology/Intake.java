package io.tallyman.query.topology;

/**
 * What the processors share in taking records in.
 *
 * @param decoder reads values
 * @param unreadable is told of those that cannot be read
 * @param newest is told of the time of those that can
 * @param conflicts is told of heartbeats
 * @param progress is told how far partitions were read
 */
public record Intake(
    RecordDecoder decoder,
    UnreadableRecords unreadable,
    NewestTime newest,
    HostConflicts conflicts,
    Progress progress) {

  /** With counters that begin at nothing. */
  public Intake(RecordDecoder decoder) {
    this(decoder, new UnreadableRecords(), new NewestTime(), new HostConflicts(), new Progress());
  }
}
