package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class UnknownSchemaTest {

  private static final int ID = 0x4000_0001;
  private static final byte[] FRAMED = Framing.frame(ID, new byte[] {0});

  private final MutableClock clock = new MutableClock();
  private final Source source = new Source();
  private final TallymanDeserializer deserializer =
      new TallymanDeserializer(SchemaResolver.chain(ReleasedSchemas.resolver(), source), clock);

  /** Answers what it is told to. */
  private static final class Source implements SchemaResolver {
    Optional<Schema> answer = Optional.empty();
    boolean away;
    boolean closed;

    @Override
    public Optional<Schema> resolve(int id) {
      if (away) {
        throw new SchemaSourceException("away", new KafkaException("away"));
      }
      return answer;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void anUnknownIdIsUnavailableForTenMinutesAndThenUnknown() {
    assertUnavailable();
    clock.advance(Duration.ofMinutes(10).minusMillis(1));
    assertUnavailable();
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> deserializer.read("docker.gaps.v1", FRAMED))
        .isInstanceOfSatisfying(
            UnknownSchemaException.class,
            e -> {
              assertThat(e.schemaId()).isEqualTo(ID);
              assertThat(e.topic()).isEqualTo("docker.gaps.v1");
            });
  }

  @Test
  void anIdIsUnavailableAsLongAsItsSourceCannotAnswer() {
    source.away = true;
    assertUnavailable();
    clock.advance(Duration.ofDays(1));
    assertUnavailable();
    source.away = false;
    assertUnavailable();
    clock.advance(Duration.ofMinutes(10));
    source.away = true;
    assertUnavailable();
    source.away = false;
    assertThatThrownBy(() -> deserializer.read("t", FRAMED))
        .isInstanceOf(UnknownSchemaException.class);
  }

  @Test
  void aSchemaThatAppearsIsUsed() {
    assertUnavailable();
    source.answer =
        Optional.of(ReleasedSchemas.newest("io.tallyman.v1.StreamGap").orElseThrow().schema());
    byte[] released = new TallymanSerializer().frame("t", SampleRecords.gap());
    byte[] body = java.util.Arrays.copyOfRange(released, Framing.HEADER_BYTES, released.length);
    assertThat(deserializer.read("t", Framing.frame(ID, body))).isEqualTo(SampleRecords.gap());
  }

  @Test
  void releasedSchemasNeedNoSource() {
    source.away = true;
    byte[] framed = new TallymanSerializer().frame("t", SampleRecords.stats());
    assertThat(deserializer.read("t", framed)).isEqualTo(SampleRecords.stats());
  }

  @Test
  void aSchemaThatIsNoneOfThisContractIsCorrupt() {
    source.answer =
        Optional.of(
            Schema.createRecord("Stranger", null, "org.example", false, java.util.List.of()));
    assertThatThrownBy(() -> deserializer.read("t", FRAMED))
        .isInstanceOf(RecordCorruptException.class)
        .hasMessageContaining("org.example.Stranger");
  }

  @Test
  void manyUnknownIdsAreNotKeptForEver() {
    deserializerIsAskedFor(2000);
    clock.advance(Duration.ofMinutes(10));
    assertThatThrownBy(() -> deserializer.read("t", Framing.frame(ID, new byte[1])))
        .as("the eldest was forgotten, so its time begins anew")
        .isInstanceOf(SchemaUnavailableException.class);
  }

  @Test
  void closingClosesTheSources() {
    deserializer.close();
    assertThat(source.closed).isTrue();
  }

  @Test
  void keysAreRefused() {
    assertThatThrownBy(() -> new TallymanDeserializer().configure(Map.of(), true))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> new TallymanSerializer().configure(Map.of(), true))
        .isInstanceOf(ConfigException.class);
  }

  private void deserializerIsAskedFor(int ids) {
    for (int i = 0; i < ids; i++) {
      byte[] framed = Framing.frame(ID + i, new byte[1]);
      assertThatThrownBy(() -> deserializer.read("t", framed))
          .isInstanceOf(SchemaUnavailableException.class);
    }
  }

  private void assertUnavailable() {
    assertThatThrownBy(() -> deserializer.read("docker.gaps.v1", FRAMED))
        .isInstanceOfSatisfying(
            SchemaUnavailableException.class,
            e -> {
              assertThat(e.schemaId()).isEqualTo(ID);
              assertThat(e.topic()).isEqualTo("docker.gaps.v1");
            });
  }
}
