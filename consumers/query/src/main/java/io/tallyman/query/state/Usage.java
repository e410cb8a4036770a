package io.tallyman.query.state;

import io.tallyman.query.history.Counter;

/**
 * What a container used in a stretch of time.
 *
 * @param containerKey host and container, as in the store of newest samples
 * @param increases by index of {@link Counter}; 0 where nothing is known
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Usage(String containerKey, long[] increases) {

  /** Of one counter. */
  public long of(Counter counter) {
    return increases[counter.index()];
  }
}
