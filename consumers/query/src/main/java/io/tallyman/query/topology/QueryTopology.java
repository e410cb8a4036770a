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
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/**
 * What the query service makes of the topics, as a pure function of its configuration.
 *
 * <p>Stores hold values as they were framed, with the time of {@link RecordTimes}, but for the
 * history, which holds charted figures. Those of samples and of each {@link Timeline} are logged
 * and partitioned by host, as their topics are; tables are global: every instance has all of them.
 */
public final class QueryTopology {

  /** {@link #statsKey} to the newest {@code ContainerStats}. */
  public static final String LATEST_STATS = "latest-stats";

  /** {@code MinuteKey} to what {@code MinuteCodec} writes. */
  public static final String HISTORY = "history";

  /** Container id to {@code ContainerState}; global. */
  public static final String CONTAINERS = "containers";

  /** Host id to {@code HostStatus}; global. */
  public static final String HOSTS = "hosts";

  /** Decimal schema id to the JSON of {@code docker.schemas.v1}; global. */
  public static final String SCHEMAS = "schemas";

  /** Position in the topic to samples whose schema cannot be had yet. */
  static final String WAITING_STATS = "waiting-stats";

  /**
   * Samples that are older than this are gone. States and heartbeats are hidden: Kafka Streams
   * gives global tables no way to delete them, and they go from the topic.
   */
  public static final Duration TABLE_RETENTION = Duration.ofDays(7);

  private QueryTopology() {}

  /** The topics that must exist before the topology can run, without prefix. */
  public static List<Topic> topics() {
    return Topics.all();
  }

  /** See the class. */
  public static Topology build(QueryConfig config, Intake intake) {
    String prefix = config.topics().prefix();
    Topology topology = new Topology();
    addStats(topology, prefix, config.retention(), intake);
    for (Timeline<?> timeline : Timeline.ALL) {
      addTimeline(topology, timeline, prefix, config.retention().events(), intake);
    }
    addTable(topology, Topics.CONTAINERS, prefix, CONTAINERS, ContainerState.class, intake);
    addTable(topology, Topics.HOSTS, prefix, HOSTS, HostStatus.class, intake);
    addSchemas(topology, prefix);
    return topology;
  }

  /** The topic, without prefix, whose partitions those of a logged store follow. */
  public static Topic topicOf(String store) {
    return store.equals(LATEST_STATS) ? Topics.STATS : Timeline.of(store).topic();
  }

  /** Key of a container's newest sample. */
  public static String statsKey(String hostId, String containerId) {
    return hostId + "|" + containerId;
  }

  private static void addStats(
      Topology topology, String prefix, Retention retention, Intake intake) {
    String topic = Topics.STATS.withPrefix(prefix).name();
    String node = LATEST_STATS + "-processor";
    addStream(
        topology,
        topic,
        LATEST_STATS,
        intake.decoder(),
        () -> new StatsProcessor(topic, retention, intake));
    topology.addStateStore(framed(LATEST_STATS), node);
    topology.addStateStore(framed(WAITING_STATS), node);
    topology.addStateStore(plain(HISTORY), node);
  }

  private static <T extends SpecificRecord> void addTimeline(
      Topology topology, Timeline<T> timeline, String prefix, Duration retention, Intake intake) {
    String topic = timeline.topic().withPrefix(prefix).name();
    String node = timeline.store() + "-processor";
    addStream(
        topology,
        topic,
        timeline.store(),
        intake.decoder(),
        () -> new TimelineProcessor<>(timeline, topic, retention, intake));
    topology.addStateStore(framed(timeline.store()), node);
    topology.addStateStore(framed(timeline.waitingStore()), node);
    topology.addStateStore(plain(timeline.index()), node);
  }

  private static void addStream(
      Topology topology,
      String topic,
      String store,
      Deserializer<Decoded> values,
      ProcessorSupplier<String, Decoded, Void, Void> processor) {
    String source = store + "-source";
    topology.addSource(
        AutoOffsetReset.earliest(),
        source,
        new RecordTimes(),
        new StringDeserializer(),
        values,
        topic);
    topology.addProcessor(store + "-processor", processor, source);
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

  private static StoreBuilder<KeyValueStore<String, byte[]>> plain(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withCachingDisabled();
  }
}
