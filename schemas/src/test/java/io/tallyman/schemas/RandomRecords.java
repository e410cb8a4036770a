package io.tallyman.schemas;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records with random values in every field, reproducible from the seed. No NaN: generated records
 * that hold one do not equal themselves.
 */
final class RandomRecords {

  private static final long[] EDGES = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, (1L << 53) + 1, -(1L << 53) - 1
  };

  /** Years 1900 to 2100. */
  private static final long MIN_MICROS = -2_208_988_800_000_000L;

  private static final long MAX_MICROS = 4_102_444_800_000_000L;

  private final Random random;

  RandomRecords(long seed) {
    random = new Random(seed);
  }

  SpecificRecord next(Topic topic) {
    return record(Topics.recordSchema(topic));
  }

  private SpecificRecord record(Schema schema) {
    SpecificRecord record = (SpecificRecord) SpecificData.newInstance(type(schema), schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), value(field.schema()));
    }
    return record;
  }

  private @Nullable Object value(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> record(schema);
      case UNION -> value(schema.getTypes().get(random.nextInt(schema.getTypes().size())));
      case NULL -> null;
      case ENUM -> symbol(schema);
      case ARRAY -> list(schema);
      case MAP -> map(schema);
      case STRING -> text();
      case INT -> random.nextInt();
      case LONG ->
          schema.getLogicalType() instanceof LogicalTypes.TimestampMicros ? instant() : number();
      case DOUBLE ->
          random.nextInt(10) == 0 ? Double.POSITIVE_INFINITY : random.nextGaussian() * 1e6;
      case BOOLEAN -> random.nextBoolean();
      case FLOAT, BYTES, FIXED -> throw new IllegalStateException("no field is a " + schema);
    };
  }

  private long number() {
    return random.nextInt(3) == 0 ? EDGES[random.nextInt(EDGES.length)] : random.nextLong();
  }

  private Instant instant() {
    long micros = MIN_MICROS + (long) (random.nextDouble() * (MAX_MICROS - MIN_MICROS));
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  private String text() {
    String alphabet = "ab/.:-\n\"\\é漢\uD83D\uDC33 0";
    StringBuilder text = new StringBuilder();
    int[] points = alphabet.codePoints().toArray();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private Enum<?> symbol(Schema schema) {
    Object[] constants = type(schema).getEnumConstants();
    return (Enum<?>) constants[random.nextInt(constants.length)];
  }

  private List<@Nullable Object> list(Schema schema) {
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(value(schema.getElementType()));
    }
    return items;
  }

  private Map<String, @Nullable Object> map(Schema schema) {
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      entries.put(text(), value(schema.getValueType()));
    }
    return entries;
  }

  private static Class<?> type(Schema schema) {
    return Objects.requireNonNull(RecordModel.INSTANCE.getClass(schema));
  }
}
