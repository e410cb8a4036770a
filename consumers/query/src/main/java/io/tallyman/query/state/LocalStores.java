package io.tallyman.query.state;

import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** The stores of a Kafka Streams client, partition by partition. */
record LocalStores(KafkaStreams streams) implements StorePartitions {

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
    try {
      return streams.store(
          StoreQueryParameters.fromNameAndType(store, type).withPartition(partition));
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("State is being moved", e);
    }
  }
}
