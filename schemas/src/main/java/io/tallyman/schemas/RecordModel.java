package io.tallyman.schemas;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Avro's view of the generated classes.
 *
 * <p>Knows the class of each record and enum of the contract by itself: Avro looks classes up by
 * name only where the whole process has been told to trust their package, which is not a library's
 * to change.
 */
final class RecordModel extends SpecificData {

  static final RecordModel INSTANCE = new RecordModel();

  private final Map<String, Class<?>> types = new HashMap<>();

  private RecordModel() {
    super(RecordModel.class.getClassLoader());
    addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    for (Topic topic : Topics.records()) {
      collect(Topics.recordSchema(topic));
    }
  }

  @Override
  public @Nullable Class<?> getClass(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM, FIXED -> types.get(schema.getFullName());
      default -> super.getClass(schema);
    };
  }

  private void collect(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        add(schema);
        schema.getFields().forEach(field -> collect(field.schema()));
      }
      case ENUM -> add(schema);
      case ARRAY -> collect(schema.getElementType());
      case MAP -> collect(schema.getValueType());
      case UNION -> schema.getTypes().forEach(this::collect);
      default -> {}
    }
  }

  /** A name that the contract's own schemas hold is that of a class generated beside them. */
  private void add(Schema schema) {
    try {
      types.put(
          schema.getFullName(),
          Class.forName(schema.getFullName(), false, RecordModel.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("No class was generated for " + schema.getFullName(), e);
    }
  }
}
