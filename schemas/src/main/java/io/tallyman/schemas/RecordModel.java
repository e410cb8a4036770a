package io.tallyman.schemas;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Avro's view of the generated classes, which they themselves use too.
 *
 * <p>Finds the classes of the contract by itself: Avro looks a class up by name only where the
 * whole process has been told to trust it, which is not a library's to change. Everything outside
 * the contract's namespace is left to Avro and its rules. Safe from any thread.
 */
public final class RecordModel extends SpecificData {

  static final RecordModel INSTANCE = new RecordModel();

  private static final String NAMESPACE = "io.tallyman.v1";

  private final Map<String, Optional<Class<?>>> types = new ConcurrentHashMap<>();

  /** Each generated class makes one. */
  public RecordModel() {
    super(RecordModel.class.getClassLoader());
    addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
  }

  @Override
  public @Nullable Class<?> getClass(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM ->
          NAMESPACE.equals(schema.getNamespace())
              ? ofContract(schema.getFullName())
              : super.getClass(schema);
      default -> super.getClass(schema);
    };
  }

  /** Null for a type that only newer schemas have: Avro then reads it generically. */
  private @Nullable Class<?> ofContract(String name) {
    return types.computeIfAbsent(name, this::load).orElse(null);
  }

  private Optional<Class<?>> load(String name) {
    try {
      return Optional.of(Class.forName(name, true, getClassLoader()));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}
