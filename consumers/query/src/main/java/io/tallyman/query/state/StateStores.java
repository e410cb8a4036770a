package io.tallyman.query.state;

import java.util.List;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * The state that answers are made from, read-only: see {@code QueryTopology} for keys and values.
 * Safe from any thread. Every method throws {@link NotReadyException} while state is being
 * restored, and so can the stores it gives, as Kafka's {@code InvalidStateStoreException}.
 */
public interface StateStores {

  /** Every container of the fleet. */
  ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> containers();

  /** Every host of the fleet. */
  ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> hosts();

  /** The published schemas. */
  ReadOnlyKeyValueStore<String, String> schemas();

  /** The newest samples of the hosts whose partitions are here. */
  ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> latestStats();

  /** The events of the hosts whose partitions are here: a store for each, since each is sorted. */
  List<ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>>> events();
}
