package io.tallyman.query.state;

import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.LagInfo;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * The stores of a Kafka Streams client, partition by partition: those that it processes, or copies
 * of others' that are nearly as new.
 */
final class LocalStores implements StorePartitions {

  /**
   * A copy that lacks more is being built, and what it does not have yet would look as if it did
   * not exist.
   */
  private static final long MAX_LAG = 10_000;

  private final KafkaStreams streams;
  private final boolean copies;
  private final Map<String, Map<Integer, LagInfo>> lags;

  private LocalStores(
      KafkaStreams streams, boolean copies, Map<String, Map<Integer, LagInfo>> lags) {
    this.streams = streams;
    this.copies = copies;
    this.lags = lags;
  }

  /** What this instance processes. */
  static LocalStores active(KafkaStreams streams) {
    return new LocalStores(streams, false, Map.of());
  }

  /**
   * Copies, and what it processes, even while partitions move. Asks the broker how old they are.
   */
  static LocalStores copies(KafkaStreams streams) {
    try {
      return new LocalStores(streams, true, streams.allLocalStorePartitionLags());
    } catch (KafkaException | IllegalStateException e) {
      throw new NotReadyException("It is not known how old the copies here are", e);
    }
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
      if (!copies) {
        return streams.store(parameters);
      }
      LagInfo lag = lags.getOrDefault(store, Map.of()).get(partition);
      if (lag == null || lag.offsetLag() > MAX_LAG) {
        throw new NotReadyException("The copy of " + store + " here is being built", null);
      }
      return streams.store(parameters.enableStaleStores());
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("State is being moved", e);
    }
  }
}
