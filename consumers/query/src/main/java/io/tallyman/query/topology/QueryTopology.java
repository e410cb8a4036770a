package io.tallyman.query.topology;

import io.tallyman.query.QueryConfig;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.HostStatus;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/**
 * What the query service makes of the topics, as a pure function of its configuration.
 *
 * <p>Stores hold values as they were framed, with the time of {@link RecordTimes}. Those of events
 * and samples are logged and partitioned by host, as their topics are; tables are global: every
 * instance has all of them.
 */
public final class QueryTopology {

  /** {@link #statsKey} to the newest {@code ContainerStats}. */
  public static final String LATEST_STATS = "latest-stats";

  /** {@link EventKey} to {@code ContainerEvent}. */
  public static final String EVENTS = "events";

  /** Container id to {@code ContainerState}; global. */
  public static final String CONTAINERS = "containers";

  /** Host id to {@code HostStatus}; global. */
  public static final String HOSTS = "hosts";

  /** Decimal schema id to the JSON of {@code docker.schemas.v1}; global. */
  public static final String SCHEMAS = "schemas";

  /** Position in the topic to samples whose schema cannot be had yet. */
  static final String WAITING_STATS = "waiting-stats";

  /** Position in the topic to events whose schema cannot be had yet. */
  static final String WAITING_EVENTS = "waiting-events";

  /** States, heartbeats and samples that are older than this are gone: hidden, then deleted. */
  public static final Duration TABLE_RETENTION = Duration.ofDays(7);

  private QueryTopology() {}

  /** The topics that must exist before the topology can run, without prefix. */
  public static List<Topic> topics() {
    return List.of(
        Topics.STATS,
        Topics.EVENTS,
        Topics.GAPS,
        Topics.ALERTS,
        Topics.CONTAINERS,
        Topics.HOSTS,
        Topics.SCHEMAS);
  }

  /** See the class. */
  public static Topology build(QueryConfig config, Intake intake) {
    String prefix = config.topics().prefix();
    String stats = Topics.STATS.withPrefix(prefix).name();
    String events = Topics.EVENTS.withPrefix(prefix).name();
    Duration retention = config.eventsRetention();
    Topology topology = new Topology();
    addStream(
        topology,
        stats,
        LATEST_STATS,
        WAITING_STATS,
        intake.decoder(),
        () -> new LatestStatsProcessor(stats, intake));
    addStream(
        topology,
        events,
        EVENTS,
        WAITING_EVENTS,
        intake.decoder(),
        () -> new EventsProcessor(events, retention, intake));
    addTable(topology, Topics.CONTAINERS, prefix, CONTAINERS, ContainerState.class, intake);
    addTable(topology, Topics.HOSTS, prefix, HOSTS, HostStatus.class, intake);
    addSchemas(topology, prefix);
    return topology;
  }

  /** Key of a container's newest sample. */
  public static String statsKey(String hostId, String containerId) {
    return hostId + "|" + containerId;
  }

  private static void addStream(
      Topology topology,
      String topic,
      String store,
      String waitingStore,
      Deserializer<Decoded> values,
      ProcessorSupplier<String, Decoded, Void, Void> processor) {
    String source = store + "-source";
    String node = store + "-processor";
    topology.addSource(
        AutoOffsetReset.earliest(),
        source,
        new RecordTimes(),
        new StringDeserializer(),
        values,
        topic);
    topology.addProcessor(node, processor, source);
    topology.addStateStore(framed(store), node);
    topology.addStateStore(framed(waitingStore), node);
  }

  private static void addTable(
      Topology topology,
      Topic topic,
      String prefix,
      String store,
      Class<? extends SpecificRecord> type,
      Intake intake) {
    topology.addGlobalStore(
        framed(store).withLoggingDisabled(),
        store + "-source",
        new StringDeserializer(),
        intake.decoder(),
        topic.withPrefix(prefix).name(),
        store + "-processor",
        () -> new TableProcessor(type, store, intake));
  }

  private static void addSchemas(Topology topology, String prefix) {
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(SCHEMAS), Serdes.String(), Serdes.String())
            .withLoggingDisabled(),
        SCHEMAS + "-source",
        new StringDeserializer(),
        new StringDeserializer(),
        Topics.SCHEMAS.withPrefix(prefix).name(),
        SCHEMAS + "-processor",
        SchemaTableProcessor::new);
  }

  private static StoreBuilder<TimestampedKeyValueStore<String, byte[]>> framed(String name) {
    return Stores.timestampedKeyValueStoreBuilder(
            Stores.persistentTimestampedKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withCachingDisabled();
  }
}
