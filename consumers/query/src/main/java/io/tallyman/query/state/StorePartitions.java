package io.tallyman.query.state;

import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** Gives the stores of single partitions of this instance, or throws {@link NotReadyException}. */
public interface StorePartitions {

  /** One whose values have times. */
  ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> timed(String store, int partition);

  /** One whose values are bare. */
  ReadOnlyKeyValueStore<String, byte[]> plain(String store, int partition);
}
