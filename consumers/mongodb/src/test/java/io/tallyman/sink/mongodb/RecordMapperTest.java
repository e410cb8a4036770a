package io.tallyman.sink.mongodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoClientSettings;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.bson.Document;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents field by field, in MongoDB's JSON that shows every type. */
class RecordMapperTest {

  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

  static List<SpecificRecord> records() {
    return Samples.oneOfEach();
  }

  /** {@code -Dtallyman.golden.write=true} writes the files; read what it wrote. */
  @ParameterizedTest
  @MethodSource("records")
  void aDocumentHasEveryFieldInItsType(SpecificRecord record) throws IOException {
    var change = RecordMapper.change(Samples.sinkRecord(record, 7));
    var document = new Document("_id", change.id());
    document.putAll(fields(change));
    var json =
        document.toJson(
                JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).indent(true).build(),
                MongoClientSettings.getDefaultCodecRegistry().get(Document.class))
            + "\n";
    var file = GOLDEN.resolve(change.target().collection() + ".json");
    if (Boolean.getBoolean("tallyman.golden.write")) {
      Files.writeString(file, json);
    }

    assertThat(json).isEqualTo(Files.readString(file));
  }

  private static Map<String, Object> fields(Change change) {
    return switch (change) {
      case Change.Fact fact -> fact.fields();
      case Change.State state -> state.fields();
      case Change.Episode episode -> episode.fields();
      case Change.Removal removal -> removal.removedAt();
    };
  }

  @Test
  void whatIsNullIsLeftOutAndNotZero() {
    var stats = Samples.stats().setCpu(null).setTick(null).setProject(null).build();

    var fields = fields(RecordMapper.change(Samples.sinkRecord(stats, 1)));

    assertThat(fields).doesNotContainKeys("cpu", "tick", "tickMicros", "project");
  }

  @Test
  void aStateSaysWhichFieldsItNoLongerHas() {
    var state = Samples.state().setHealth(null).setStartedAt(null).build();

    var change = (Change.State) RecordMapper.change(Samples.sinkRecord(state, 1));

    assertThat(change.absent())
        .containsExactly(
            "health", "startedAt", "startedAtMicros", "finishedAt", "finishedAtMicros");
    assertThat(change.fields()).doesNotContainKeys("health", "startedAt", "finishedAtMicros");
  }

  @Test
  void countersBeyondADoubleStayWhole() {
    long large = (1L << 53) + 1;
    var stats =
        Samples.stats()
            .setCpu(Samples.cpu().setUsageNanos(large).setHostNanos(Long.MAX_VALUE).build());

    var fields = fields(RecordMapper.change(Samples.sinkRecord(stats.build(), 1)));

    assertThat(fields.get("cpu"))
        .isInstanceOfSatisfying(
            Map.class,
            cpu -> {
              assertThat(cpu.get("usageNanos")).isEqualTo(large);
              assertThat(cpu.get("hostNanos")).isEqualTo(Long.MAX_VALUE);
            });
  }

  @Test
  void microsecondsAreKeptBesideTheDate() {
    var time = Instant.parse("1969-12-31T23:59:59.999999Z");
    var stats = Samples.stats().setSampledAt(time).build();

    var change = RecordMapper.change(Samples.sinkRecord(stats, 1));

    assertThat(fields(change))
        .containsEntry("sampledAt", time)
        .containsEntry("sampledAtMicros", -1L);
    assertThat(change.id()).endsWith("/-1");
  }

  @Test
  void labelsKeepTheirKeysWhateverIsInThem() {
    var stats = Samples.stats().setLabels(Map.of("a.b.c", "1", "$where", "2", "", "3")).build();

    assertThat(fields(RecordMapper.change(Samples.sinkRecord(stats, 1))))
        .containsEntry(
            "labels",
            List.of(
                Map.of("k", "", "v", "3"),
                Map.of("k", "$where", "v", "2"),
                Map.of("k", "a.b.c", "v", "1")));
  }

  @Test
  void aTombstoneTellsHostAndTime() {
    var change = (Change.Removal) RecordMapper.change(Samples.tombstone("c1", 3));

    assertThat(change.target()).isEqualTo(Target.CONTAINERS);
    assertThat(change.id()).isEqualTo("c1");
    assertThat(change.origin()).isEqualTo(Map.of("hostId", Samples.HOST_ID));
    assertThat(change.removedAt())
        .isEqualTo(Map.of("removedAt", Samples.TIME, "removedAtMicros", 1_770_091_506_789_012L));
  }

  @Test
  void recordsOfOneMillisecondAreOrderedByTheirOffsets() {
    var first = (Change.Removal) RecordMapper.change(Samples.tombstone("c1", (1 << 20) - 2));
    var second = (Change.Removal) RecordMapper.change(Samples.tombstone("c1", (1 << 20) - 1));

    assertThat(second.order()).isEqualTo(first.order() + 1);
    assertThat(first.order() >> 20).isEqualTo(Samples.TIME.toEpochMilli());
  }

  @Test
  void aTombstoneWithoutHeadersHasTheTimeOfTheBroker() {
    var bare = Samples.tombstone("c1", 3);
    bare.headers().remove("ce_time").remove("ce_source");
    bare.headers().add("ce_time", "yesterday".getBytes(UTF_8));

    var change = (Change.Removal) RecordMapper.change(bare);

    assertThat(change.origin()).isEmpty();
    assertThat(change.removedAt()).containsEntry("removedAt", bare.appendTime());
  }

  @Test
  void theEndOfAnEpisodeKeepsNothingOfItsBegin() {
    var cleared = Samples.alert().setPhase(AlertPhase.CLEARED).build();

    var begin =
        (Change.Episode) RecordMapper.change(Samples.sinkRecord(Samples.alert().build(), 1));
    var end = (Change.Episode) RecordMapper.change(Samples.sinkRecord(cleared, 2));

    assertThat(begin.last()).isFalse();
    assertThat(begin.raised())
        .containsEntry("observedPercent", 93.5)
        .containsEntry("sequence", 45L);
    assertThat(end.last()).isTrue();
    assertThat(end.raised()).isEmpty();
    assertThat(end.id()).isEqualTo(begin.id());
  }

  @Test
  void aRecordWithoutAValueMeansNothingElsewhere() {
    var tombstone = Samples.tombstone("c1", 3);
    var stray = new SinkRecord("docker.events.v1", "h", null, tombstone.original());

    assertThatThrownBy(() -> RecordMapper.change(stray))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("docker.events.v1");
  }

  @Test
  void noFieldIsNamedLikeTheMicrosecondsOfAnother() {
    for (var schema : List.of(ContainerStats.SCHEMA$, ContainerState.SCHEMA$)) {
      Set<String> names = new HashSet<>();
      schema.getFields().stream().map(Schema.Field::name).forEach(names::add);
      assertThat(names).noneMatch(name -> names.contains(name + "Micros"));
    }
  }
}
