package io.tallyman.query.state;

import java.util.List;

/**
 * State of some partitions, read-only. Safe from any thread; every method throws {@link
 * NotReadyException} when the partitions are not there.
 */
public interface Shard {

  /** The newest sample of every container. */
  List<LatestEntry> latest();

  /**
   * The minutes of one container from {@code fromMinute} to before {@code toMinute}, and the one
   * before them if there is one, from old to new.
   */
  List<StoreEntry> history(String containerKey, long fromMinute, long toMinute);

  /** What every container used from {@code fromMinute} to before {@code toMinute}. */
  List<Usage> usage(long fromMinute, long toMinute);

  /** Records that are kept by time. */
  Slice timeline(TimelineScan scan);
}
