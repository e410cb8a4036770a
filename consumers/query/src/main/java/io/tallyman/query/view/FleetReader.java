package io.tallyman.query.view;

import io.tallyman.query.state.Answer;
import io.tallyman.query.state.LatestEntry;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.state.Shard;
import io.tallyman.query.state.StateStores;
import io.tallyman.query.state.StoreEntry;
import io.tallyman.query.topology.NewestTime;
import io.tallyman.query.topology.QueryTopology;
import io.tallyman.query.topology.RecordDecoder;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * Reads records out of the stores. What is older than {@link QueryTopology#TABLE_RETENTION} is not
 * there, and neither is what cannot be decoded. Safe from any thread; every method throws {@link
 * NotReadyException} while state is being restored.
 */
public final class FleetReader {

  private final StateStores stores;
  private final NewestTime newest;
  private final InstantSource clock;
  private final RecordDecoder decoder;
  private final String prefix;
  private final DecodedEntries<ContainerState> containers;
  private final DecodedEntries<HostStatus> hosts;
  private final DecodedEntries<ContainerStats> samples;
  private final Shared<Fleet> fleet;

  /**
   * Reads through those stores.
   *
   * @param prefix the one of the topics
   * @param newest that of all that the stores hold
   * @param maxAge how old the whole of what is newest may be, so that many requests share it
   */
  public FleetReader(
      StateStores stores,
      RecordDecoder decoder,
      String prefix,
      NewestTime newest,
      InstantSource clock,
      Duration maxAge) {
    this.stores = stores;
    this.decoder = decoder;
    this.prefix = prefix;
    this.newest = newest;
    this.clock = clock;
    this.fleet = new Shared<>(() -> reading(this::read), maxAge);
    this.containers =
        entries(Topics.CONTAINERS.name(), ContainerState.class, ContainerState::getAsOf);
    this.hosts = entries(Topics.HOSTS.name(), HostStatus.class, HostStatus::getAsOf);
    this.samples = entries(Topics.STATS.name(), ContainerStats.class, ContainerStats::getSampledAt);
  }

  /** The time that ages are told against, and that a time such as {@code -1h} counts from. */
  public Instant now() {
    return clock.instant();
  }

  StateStores stores() {
    return stores;
  }

  /** All that is newest; {@code maxAge} old at most. Renewed before that while many ask. */
  Fleet fleet() {
    return fleet.get();
  }

  /** All that is newest now, for what {@link #fleet} may not know yet. */
  Fleet fresh() {
    return fleet.fresh();
  }

  /** How current all that is known is. */
  Freshness freshness() {
    Collection<Observed<HostStatus>> hosts = fleet().hosts();
    Instant asOf =
        Stream.concat(hosts.stream().map(Observed::time), Stream.ofNullable(newest.get()))
            .max(Comparator.naturalOrder())
            .orElse(null);
    return new Freshness(asOf, Ages.isFleetStale(asOf, hosts, now()), hosts.size());
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

  <T extends SpecificRecord> DecodedEntries<T> entries(
      String topic, Class<T> type, java.util.function.Function<T, Instant> stated) {
    return new DecodedEntries<>(decoder, prefix + topic, type, stated);
  }

  /** Stores can be moved away at any moment of reading them. */
  private static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("State is being moved", e);
    }
  }

  private Fleet read() {
    Answer<List<LatestEntry>> answer = stores.ask(QueryTopology.LATEST_STATS, null, Shard::latest);
    Map<String, Sampled> sampled = new HashMap<>();
    samples.begin();
    for (List<LatestEntry> part : answer.parts()) {
      for (LatestEntry entry : part) {
        StoreEntry stored = entry.sample();
        Observed<ContainerStats> sample =
            samples.get(stored.key(), stored.timeMillis(), stored.value());
        if (sample != null && isKept(sample)) {
          sampled.put(stored.key(), new Sampled(sample, entry.rates()));
        }
      }
    }
    return Fleet.of(
        table(stores.containers(), containers),
        table(stores.hosts(), hosts),
        sampled,
        answer.stale(),
        now(),
        fleet.last());
  }

  private <T extends SpecificRecord> Map<String, Observed<T>> table(
      ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> store, DecodedEntries<T> entries) {
    Map<String, Observed<T>> found = new HashMap<>();
    entries.begin();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, ValueAndTimestamp<byte[]>> next = all.next();
        Observed<T> observed = entries.get(next.key, next.value.timestamp(), next.value.value());
        if (observed != null && isKept(observed)) {
          found.put(next.key, observed);
        }
      }
    }
    return found;
  }

  private boolean isKept(Observed<?> observed) {
    return !observed.time().isBefore(now().minus(QueryTopology.TABLE_RETENTION));
  }
}
