package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class CorruptInputTest {

  private static final int RANDOM_VALUES = 20_000;

  private final TallymanSerializer serializer = new TallymanSerializer();
  private final TallymanDeserializer deserializer =
      new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC());

  @Test
  void everyTruncationIsCorrupt() {
    for (SpecificRecord record : SampleRecords.all()) {
      byte[] framed = serializer.frame("t", record);
      for (int length = 0; length < framed.length; length++) {
        byte[] cut = Arrays.copyOf(framed, length);
        assertThatThrownBy(() -> deserializer.deserialize("t", cut))
            .as("%s cut to %d bytes", record.getSchema().getName(), length)
            .isExactlyInstanceOf(RecordCorruptException.class);
      }
    }
  }

  @Test
  void bytesAfterTheEndAreCorrupt() {
    byte[] framed = serializer.frame("t", SampleRecords.gap());
    assertThatThrownBy(() -> deserializer.read("t", Arrays.copyOf(framed, framed.length + 1)))
        .isExactlyInstanceOf(RecordCorruptException.class)
        .hasMessageContaining("after its end");
  }

  @Test
  void anotherFirstByteIsCorrupt() {
    assertThatThrownBy(() -> deserializer.read("t", new byte[] {1, 0, 0, 0, 1, 0}))
        .isExactlyInstanceOf(RecordCorruptException.class)
        .hasMessageContaining("begins with byte 1");
  }

  @Test
  void everyChangedBitOfABodyGivesARecordOrIsCorrupt() {
    for (SpecificRecord record : SampleRecords.all()) {
      byte[] framed = serializer.frame("t", record);
      for (int bit = Framing.HEADER_BYTES * 8; bit < framed.length * 8; bit++) {
        byte[] flipped = framed.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        assertOnlyCorrupt(flipped, record.getSchema().getName() + " with bit " + bit + " flipped");
      }
    }
  }

  @Test
  void randomBodiesGiveARecordOrAreCorrupt() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int corrupt = 0;
    for (int i = 0; i < RANDOM_VALUES; i++) {
      byte[] body = new byte[random.nextInt(200)];
      random.nextBytes(body);
      ReleasedSchema schema =
          ReleasedSchemas.all().get(random.nextInt(ReleasedSchemas.all().size()));
      if (!assertOnlyCorrupt(Framing.frame(schema.id(), body), "seed " + seed + ", value " + i)) {
        corrupt++;
      }
    }
    assertThat(corrupt).as("seed %d", seed).isGreaterThan(RANDOM_VALUES / 2);
  }

  /** A length that a few bytes claim must not be believed with memory. */
  @Test
  void aStringThatClaimsTwoGigabytesIsCorrupt() {
    byte[] length = {(byte) 0xFA, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
    for (ReleasedSchema schema : ReleasedSchemas.all()) {
      assertThatThrownBy(() -> deserializer.read("t", Framing.frame(schema.id(), length)))
          .isExactlyInstanceOf(RecordCorruptException.class);
    }
  }

  /** True when a record was read. */
  private boolean assertOnlyCorrupt(byte[] framed, String what) {
    try {
      deserializer.read("t", framed);
      return true;
    } catch (RecordCorruptException e) {
      assertThat(e.topic()).isEqualTo("t");
      return false;
    } catch (Throwable e) {
      throw new AssertionError(what, e);
    }
  }
}
