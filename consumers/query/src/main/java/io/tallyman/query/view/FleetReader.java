package io.tallyman.query.view;

import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.state.StateStores;
import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.QueryTopology;
import io.tallyman.query.topology.RecordDecoder;
import io.tallyman.query.topology.RecordTimes;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Reads records out of the stores. What is older than {@link QueryTopology#TABLE_RETENTION} is not
 * there, and neither is what cannot be decoded. Safe from any thread; every method throws {@link
 * NotReadyException} while state is being restored.
 */
public final class FleetReader {

  private final StateStores stores;
  private final RecordDecoder decoder;
  private final String prefix;
  private final InstantSource clock;

  /** {@code prefix} is the one of the topics. */
  public FleetReader(
      StateStores stores, RecordDecoder decoder, String prefix, InstantSource clock) {
    this.stores = stores;
    this.decoder = decoder;
    this.prefix = prefix;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  List<Observed<ContainerState>> containers() {
    return reading(() ->
        all(stores.containers(), Topics.CONTAINERS, ContainerState.class, ContainerState::getAsOf));
  }

  Optional<Observed<ContainerState>> container(String containerId) {
    return reading(() ->
        Optional.ofNullable(stores.containers().get(containerId))
            .map(framed ->
                decode(framed, Topics.CONTAINERS, ContainerState.class, ContainerState::getAsOf)));
  }

  List<Observed<HostStatus>> hosts() {
    return reading(() -> all(stores.hosts(), Topics.HOSTS, HostStatus.class, HostStatus::getAsOf));
  }

  Map<String, Observed<HostStatus>> hostsById() {
    Map<String, Observed<HostStatus>> byId = new HashMap<>();
    hosts().forEach(host -> byId.put(host.value().getHostId(), host));
    return byId;
  }

  /** The newest sample of a container. */
  Optional<Observed<ContainerStats>> latest(String hostId, String containerId) {
    return reading(() ->
        Optional.ofNullable(stores.latestStats().get(QueryTopology.statsKey(hostId, containerId)))
            .map(this::sample));
  }

  /** The newest sample of every container. */
  List<Observed<ContainerStats>> allLatest() {
    return reading(() ->
        all(
            stores.latestStats(),
            Topics.STATS,
            ContainerStats.class,
            ContainerStats::getSampledAt));
  }

  /** JSON by decimal id, as published. */
  public Map<String, String> schemas() {
    return reading(() -> {
      Map<String, String> byId = new HashMap<>();
      try (KeyValueIterator<String, String> all = stores.schemas().all()) {
        all.forEachRemaining(next -> byId.put(next.key, next.value));
      }
      return byId;
    });
  }

  List<ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>>> eventStores() {
    return stores.events();
  }

  @Nullable Observed<ContainerEvent> event(ValueAndTimestamp<byte[]> framed) {
    return decode(framed, Topics.EVENTS, ContainerEvent.class, ContainerEvent::getTime);
  }

  /** Stores can be moved away at any moment of reading them. */
  static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("State is being moved", e);
    }
  }

  private @Nullable Observed<ContainerStats> sample(ValueAndTimestamp<byte[]> framed) {
    return decode(framed, Topics.STATS, ContainerStats.class, ContainerStats::getSampledAt);
  }

  private <T extends SpecificRecord> List<Observed<T>> all(
      ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> store,
      Topic topic,
      Class<T> type,
      Function<T, Instant> stated) {
    List<Observed<T>> found = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all = store.all()) {
      while (all.hasNext()) {
        Observed<T> observed = decode(all.next().value, topic, type, stated);
        if (observed != null) {
          found.add(observed);
        }
      }
    }
    return found;
  }

  private <T extends SpecificRecord> @Nullable Observed<T> decode(
      ValueAndTimestamp<byte[]> framed, Topic topic, Class<T> type, Function<T, Instant> stated) {
    if (decoder.decode(topic.withPrefix(prefix).name(), framed.value()) instanceof Intact intact
        && type.isInstance(intact.value())) {
      T value = type.cast(intact.value());
      // The store's time is the append's where the record could not be read when it came.
      long millis = RecordTimes.earlier(value, framed.timestamp());
      Observed<T> observed = Observed.of(value, stated.apply(value), millis);
      return observed.time().isBefore(now().minus(QueryTopology.TABLE_RETENTION)) ? null : observed;
    }
    return null;
  }
}
