package io.tallyman.query.topology;

import io.tallyman.query.QueryConfig;
import io.tallyman.query.state.Answer;
import io.tallyman.query.state.LocalShard;
import io.tallyman.query.state.RecentRates;
import io.tallyman.query.state.Shard;
import io.tallyman.query.state.StateStores;
import io.tallyman.query.state.StorePartitions;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaResolver;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/** The topology without a broker; the append time of each record is given. */
public final class TopologyHarness implements StateStores, StorePartitions, AutoCloseable {

  public final RecordDecoder decoder;
  public final Intake intake;
  public final UnreadableRecords unreadable;
  private final TallymanSerializer serializer = new TallymanSerializer();
  private final TopologyTestDriver driver;

  public TopologyHarness(Path directory, Instant start) {
    this(directory, start, Retention.DEFAULT);
  }

  public TopologyHarness(Path directory, Instant start, Retention retention) {
    this(directory, start, retention, ReleasedSchemas.resolver(), Clock.systemUTC());
  }

  public TopologyHarness(Path directory, Instant start, SchemaResolver resolver, Clock clock) {
    this(directory, start, Retention.DEFAULT, resolver, clock);
  }

  private TopologyHarness(
      Path directory, Instant start, Retention retention, SchemaResolver resolver, Clock clock) {
    decoder = new RecordDecoder(() -> new TallymanDeserializer(resolver, clock));
    intake = new Intake(decoder);
    unreadable = intake.unreadable();
    QueryConfig config =
        new QueryConfig(
            "none:1",
            Map.of(),
            TopicSettings.DEFAULT,
            "test",
            "127.0.0.1",
            0,
            directory,
            retention,
            false);
    Properties properties = new Properties();
    properties.put("state.dir", directory.toString());
    driver = new TopologyTestDriver(QueryTopology.build(config, intake), properties, start);
  }

  public void stats(SpecificRecord record, String hostId, Instant appended) {
    raw(Topics.STATS.name(), hostId, framed(Topics.STATS.name(), record), appended);
  }

  public void event(SpecificRecord record, String hostId, Instant appended) {
    raw(Topics.EVENTS.name(), hostId, framed(Topics.EVENTS.name(), record), appended);
  }

  public void gap(SpecificRecord record, String hostId, Instant appended) {
    raw(Topics.GAPS.name(), hostId, framed(Topics.GAPS.name(), record), appended);
  }

  public void alert(SpecificRecord record, String hostId, Instant appended) {
    raw(Topics.ALERTS.name(), hostId, framed(Topics.ALERTS.name(), record), appended);
  }

  public void container(@Nullable SpecificRecord record, String containerId, Instant appended) {
    raw(Topics.CONTAINERS.name(), containerId, framed(Topics.CONTAINERS.name(), record), appended);
  }

  public void host(SpecificRecord record, String hostId, Instant appended) {
    raw(Topics.HOSTS.name(), hostId, framed(Topics.HOSTS.name(), record), appended);
  }

  public void raw(String topic, String key, byte @Nullable [] value, Instant appended) {
    TestInputTopic<String, byte[]> input =
        driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
    input.pipeInput(key, value, appended);
  }

  public byte @Nullable [] framed(String topic, @Nullable SpecificRecord record) {
    return serializer.serialize(topic, record);
  }

  public void advance(Duration by) {
    driver.advanceWallClockTime(by);
  }

  public KeyValueStore<String, ValueAndTimestamp<byte[]>> store(String name) {
    return driver.getTimestampedKeyValueStore(name);
  }

  @Override
  public ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> containers() {
    return store(QueryTopology.CONTAINERS);
  }

  @Override
  public ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> hosts() {
    return store(QueryTopology.HOSTS);
  }

  @Override
  public ReadOnlyKeyValueStore<String, String> schemas() {
    return driver.getKeyValueStore(QueryTopology.SCHEMAS);
  }

  @Override
  public <R> Answer<R> ask(String store, @Nullable String hostId, Function<Shard, R> question) {
    Shard all = new LocalShard(this, Set.of(0), new RecentRates(), decoder, "");
    return new Answer<>(List.of(question.apply(all)), false);
  }

  @Override
  public ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> timed(
      String name, int partition) {
    return store(name);
  }

  @Override
  public KeyValueStore<String, byte[]> plain(String name, int partition) {
    return driver.getKeyValueStore(name);
  }

  @Override
  public void close() {
    driver.close();
    decoder.close();
  }
}
