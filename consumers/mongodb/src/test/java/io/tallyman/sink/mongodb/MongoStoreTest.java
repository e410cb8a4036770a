package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.AlertPhase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.bson.BsonDocument;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is particular to this store, on every server that there is. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.tallyman.sink.mongodb.TestServer#all")
class MongoStoreTest {

  @Parameter @Nullable TestServer server;

  private @Nullable TestStore opened;
  private final List<MongoSink> sinks = new ArrayList<>();

  @BeforeEach
  void openStore() {
    opened = new TestStore(Objects.requireNonNull(server));
  }

  @AfterEach
  void closeAll() {
    sinks.forEach(MongoSink::close);
    store().close();
  }

  private TestStore store() {
    return Objects.requireNonNull(opened);
  }

  private MongoSink sink(String... options) throws SinkException {
    return open(new MongoSink(), options);
  }

  private MongoSink open(MongoSink sink, String... options) throws SinkException {
    sinks.add(sink);
    var all = new HashMap<>(store().options());
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    sink.open(store().context(all));
    return sink;
  }

  @Test
  void integersAndTimesComeBackAsTheyWere() throws SinkException {
    long large = (1L << 53) + 1;
    var stats =
        Samples.stats().setCpu(Samples.cpu().setUsageNanos(large).build()).setCgroupVersion(2);
    sink().put(List.of(Samples.sinkRecord(stats.build(), 1)));

    var document = Objects.requireNonNull(store().collection("stats").find().first());

    assertThat(document.getEmbedded(List.of("cpu", "usageNanos"), Object.class)).isEqualTo(large);
    assertThat(document.get("cgroupVersion")).isEqualTo(2);
    assertThat(document.get("sampledAt"))
        .isEqualTo(Date.from(Instant.parse("2026-02-03T04:05:06.789Z")));
    assertThat(document.get("sampledAtMicros")).isEqualTo(1_770_091_506_789_012L);
    assertThat(document.getEmbedded(List.of("cpu", "percent"), Object.class)).isEqualTo(25.0);
  }

  @Test
  void aLabelWithDotsIsFound() throws SinkException {
    sink().put(List.of(Samples.sinkRecord(Samples.state().build(), 1)));

    assertThat(labelled("shop")).isEqualTo(1);
    assertThat(labelled("other")).isZero();
  }

  private long labelled(String project) {
    return store()
        .collection("containers")
        .countDocuments(
            new Document("labels.k", "com.docker.compose.project").append("labels.v", project));
  }

  @Test
  void theFirstReportOfAnEventStays() throws SinkException {
    var sink = sink();
    var first = Samples.event().setObservedAt(Samples.TIME.plusMillis(1)).build();
    var again = Samples.event().setObservedAt(Samples.TIME.plusMillis(900)).build();
    sink.put(List.of(Samples.sinkRecord(first, 1)));
    var before = store().content();

    sink.put(List.of(Samples.sinkRecord(again, 2)));

    assertThat(store().content()).isEqualTo(before);
  }

  @Test
  void aStateLosesTheFieldsThatItNoLongerHas() throws SinkException {
    var sink = sink();
    sink.put(List.of(Samples.sinkRecord(Samples.state().build(), 1)));
    var next = Samples.state().setHealth(null).setPid(null).setAsOf(Samples.TIME.plusNanos(1_000));

    sink.put(List.of(Samples.sinkRecord(next.build(), 2)));

    assertThat(container()).doesNotContainKeys("health", "pid").containsKey("imageId");
  }

  @Test
  void aRemovedContainerKeepsItsDocumentUntilAStateComesAfter() throws SinkException {
    var sink = sink();
    // The agent's clock says later than the engine's event that ended the container.
    var state = appended(Samples.sinkRecord(Samples.state().build(), 1), 1);
    var removal = appended(Samples.tombstone(Samples.CONTAINER_ID, 2), 2);
    var older = Samples.state().setState("paused").setAsOf(Samples.TIME.minusSeconds(9)).build();
    sink.put(List.of(state));
    sink.put(List.of(removal));
    assertThat(container())
        .containsEntry("state", "running")
        .containsEntry("removedAtMicros", 1_770_091_506_789_012L);

    var before = store().content();
    sink.put(List.of(state));
    sink.put(List.of(appended(Samples.sinkRecord(older, 0), 0)));
    sink.put(List.of(removal, state));
    assertThat(store().content()).isEqualTo(before);

    var back = Samples.state().setState("paused").setAsOf(Samples.TIME.plusSeconds(9)).build();
    sink.put(List.of(appended(Samples.sinkRecord(back, 3), 3)));
    assertThat(container())
        .containsEntry("state", "paused")
        .doesNotContainKeys("removedAt", "removedAtMicros", "removalOrder");

    sink.put(List.of(removal));
    assertThat(container()).doesNotContainKey("removedAt");
  }

  @Test
  void theOrderOfStatesAndRemovalsDoesNotMatter() throws SinkException {
    var records =
        List.of(
            appended(Samples.sinkRecord(Samples.state().setState("created").build(), 1), 1),
            appended(Samples.tombstone(Samples.CONTAINER_ID, 2), 2),
            appended(
                Samples.sinkRecord(
                    Samples.state().setHealth(null).setAsOf(Samples.TIME.minusSeconds(1)).build(),
                    3),
                3),
            appended(Samples.tombstone(Samples.CONTAINER_ID, 4), 4));
    var outcomes = new HashSet<Object>();
    for (int rotation = 0; rotation < records.size(); rotation++) {
      var sink = sink();
      for (int i = 0; i < records.size(); i++) {
        sink.put(List.of(records.get((i + rotation) % records.size())));
      }
      sink.put(List.of(records.get(rotation)));
      outcomes.add(new HashMap<>(container()));
      store().collection("containers").deleteMany(new Document());
    }
    var together = sink();
    together.put(records);
    outcomes.add(new HashMap<>(container()));

    assertThat(outcomes).hasSize(1);
    assertThat(container())
        .containsEntry("state", "created")
        .containsEntry("health", "healthy")
        .containsKey("removedAt");
  }

  @Test
  void anEpisodeIsOneDocumentWhicheverEndComesFirst() throws SinkException {
    var sink = sink();
    var begin = Samples.sinkRecord(Samples.alert().build(), 1);
    var end =
        Samples.sinkRecord(
            Samples.alert().setPhase(AlertPhase.CLEARED).setObservedPercent(10.0).build(), 2);
    sink.put(List.of(begin));
    assertThat(alert()).containsEntry("phase", "RAISED").containsEntry("observedPercent", 93.5);

    sink.put(List.of(end));
    var inOrder = new HashMap<>(alert());
    sink.put(List.of(begin));
    assertThat(new HashMap<>(alert())).isEqualTo(inOrder);
    store().collection("alerts").deleteMany(new Document());
    sink.put(List.of(end));
    sink.put(List.of(begin));

    assertThat(new HashMap<>(alert())).isEqualTo(inOrder);
    assertThat(alert()).containsEntry("phase", "CLEARED").containsEntry("observedPercent", 10.0);
    assertThat(alert().getEmbedded(List.of("raised", "observedPercent"), Double.class))
        .isEqualTo(93.5);
  }

  @Test
  void severalThatCannotBeSentAreNamedTogether() throws SinkException {
    var sink = sink();
    var batch = new ArrayList<SinkRecord>();
    for (int i = 0; i < 9; i++) {
      batch.add(i == 2 || i == 7 ? tooLarge(i) : sample(i, i));
    }

    var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> sink.put(batch));

    assertThat(rejection.reasons()).containsOnlyKeys(batch.get(2), batch.get(7));
    assertThat(store().collection("stats").countDocuments()).isEqualTo(7);
  }

  @Test
  void everyWriteAsksForMajorityAndJournal() throws SinkException {
    var writes = new CopyOnWriteArrayList<BsonDocument>();
    CommandListener listener =
        new CommandListener() {
          @Override
          public void commandStarted(CommandStartedEvent event) {
            if (event.getCommandName().equals("update")) {
              writes.add(event.getCommand().clone());
            }
          }
        };
    var sink = open(new MongoSink(settings -> settings.addCommandListener(listener)));
    sink.put(
        List.of(
            Samples.sinkRecord(Samples.stats().build(), 1),
            Samples.sinkRecord(Samples.event().build(), 2)));

    assertThat(writes)
        .hasSize(2)
        .allSatisfy(command -> {
          var concern = command.getDocument("writeConcern");
          assertThat(concern.getString("w").getValue()).isEqualTo("majority");
          assertThat(concern.getBoolean("j").getValue()).isTrue();
          assertThat(command.getBoolean("ordered").getValue()).isFalse();
        });
  }

  @Test
  void aBatchIsOneBulkPerCollectionNoLargerThanTold() throws SinkException {
    var sizes = new CopyOnWriteArrayList<Integer>();
    CommandListener listener =
        new CommandListener() {
          @Override
          public void commandStarted(CommandStartedEvent event) {
            if (event.getCommandName().equals("update")) {
              sizes.add(event.getCommand().getArray("updates").size());
            }
          }
        };
    var sink =
        open(new MongoSink(settings -> settings.addCommandListener(listener)), "bulk-size", "20");
    var batch = new ArrayList<SinkRecord>();
    for (int i = 0; i < 45; i++) {
      batch.add(sample(i, i));
    }
    batch.add(Samples.sinkRecord(Samples.event().build(), 99));

    sink.put(batch);

    assertThat(sizes).containsExactly(1, 20, 20, 5);
  }

  @Test
  void indexesAreThereAfterOpenAndNothingExpires() throws SinkException {
    sink();
    sink();

    assertThat(keys("stats"))
        .contains(
            new Document("containerId", 1).append("sampledAt", -1),
            new Document("hostId", 1).append("sampledAt", -1));
    assertThat(keys("containers")).contains(new Document("labels.k", 1).append("labels.v", 1));
    for (var target : Target.values()) {
      assertThat(expiry(target.collection())).isEmpty();
    }
  }

  @Test
  void anIndexInAnotherFormIsLeftAlone() throws SinkException {
    store()
        .collection("stats")
        .createIndex(
            Indexes.compoundIndex(
                Indexes.ascending("containerId"), Indexes.descending("sampledAt")),
            new IndexOptions().name("mine"));

    sink().put(List.of(sample(1, 1)));

    assertThat(store().collection("stats").countDocuments()).isEqualTo(1);
  }

  private List<Object> keys(String collection) {
    var keys = new ArrayList<Object>();
    store().collection(collection).listIndexes().forEach(index -> keys.add(index.get("key")));
    return keys;
  }

  private Optional<Long> expiry(String collection) {
    for (var index : store().collection(collection).listIndexes()) {
      if (index.get("expireAfterSeconds") instanceof Number seconds) {
        return Optional.of(seconds.longValue());
      }
    }
    return Optional.empty();
  }

  private Document container() {
    return Objects.requireNonNull(store().find("containers", Samples.CONTAINER_ID));
  }

  private Document alert() {
    return Objects.requireNonNull(store().collection("alerts").find().first());
  }

  private static SinkRecord sample(int container, long sequence) {
    return Samples.sinkRecord(
        Samples.stats()
            .setContainerId(Samples.containerId(container))
            .setSequence(sequence)
            .build(),
        container);
  }

  private static SinkRecord tooLarge(int container) {
    return Samples.sinkRecord(
        Samples.stats()
            .setContainerId(Samples.containerId(container))
            .setLabels(Map.of("large", "x".repeat(17 << 20)))
            .build(),
        container);
  }

  /** The record as the broker took it that many milliseconds later. */
  private static SinkRecord appended(SinkRecord record, long millis) {
    var original = record.original();
    return new SinkRecord(
        record.topic(),
        record.key(),
        record.value(),
        new ConsumerRecord<>(
            original.topic(),
            original.partition(),
            original.offset(),
            original.timestamp() + millis,
            TimestampType.LOG_APPEND_TIME,
            original.serializedKeySize(),
            original.serializedValueSize(),
            original.key(),
            original.value(),
            original.headers(),
            original.leaderEpoch()));
  }
}
