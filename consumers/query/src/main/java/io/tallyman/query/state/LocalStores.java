package io.tallyman.query.state;

import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * The stores of a Kafka Streams client, partition by partition: those that it processes, or copies
 * of others' that are nearly as new.
 */
final class LocalStores implements StorePartitions {

  private final KafkaStreams streams;
  private final @Nullable CopyLags lags;

  private LocalStores(KafkaStreams streams, @Nullable CopyLags lags) {
    this.streams = streams;
    this.lags = lags;
  }

  /** What this instance processes. */
  static LocalStores active(KafkaStreams streams) {
    return new LocalStores(streams, null);
  }

  /** Copies that are nearly whole, and what it processes, even while partitions move. */
  static LocalStores copies(KafkaStreams streams, CopyLags lags) {
    return new LocalStores(streams, lags);
  }

  @Override
  public ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> timed(
      String store, int partition) {
    return open(store, partition, QueryableStoreTypes.timestampedKeyValueStore());
  }

  @Override
  public ReadOnlyKeyValueStore<String, byte[]> plain(String store, int partition) {
    return open(store, partition, QueryableStoreTypes.keyValueStore());
  }

  private <T> T open(String store, int partition, QueryableStoreType<T> type) {
    StoreQueryParameters<T> parameters =
        StoreQueryParameters.fromNameAndType(store, type).withPartition(partition);
    try {
      if (lags == null) {
        return streams.store(parameters);
      }
      if (!lags.isNearlyWhole(store, partition)) {
        throw new NotReadyException("The copy of " + store + " here is being built", null);
      }
      return streams.store(parameters.enableStaleStores());
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("State is being moved", e);
    }
  }
}
