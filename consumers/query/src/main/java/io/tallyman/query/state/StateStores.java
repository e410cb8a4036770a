package io.tallyman.query.state;

import java.util.function.Function;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

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

  /**
   * Asks all partitions of a store, or the one of a host, wherever they are. An answer is whole:
   * what cannot be had from anyone is a {@link NotReadyException}.
   *
   * @param hostId null for all hosts
   */
  <R> Answer<R> ask(String store, @Nullable String hostId, Function<Shard, R> question);
}
