package io.tallyman.schemas;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Finds the schema that a record was written with. */
@FunctionalInterface
public interface SchemaResolver extends AutoCloseable {

  /**
   * The schema of an id; empty when every source answered that it does not know it.
   *
   * @throws SchemaSourceException when a source that might know it cannot answer now
   */
  Optional<Schema> resolve(int id);

  @Override
  default void close() {}

  /**
   * Asks the given sources in order until one knows the id. A source that cannot answer does not
   * keep the later ones from being asked.
   */
  static SchemaResolver chain(SchemaResolver... sources) {
    return new Chain(List.of(sources));
  }

  /** See {@link #chain}. */
  record Chain(List<SchemaResolver> sources) implements SchemaResolver {

    @Override
    public Optional<Schema> resolve(int id) {
      @Nullable SchemaSourceException unanswered = null;
      for (SchemaResolver source : sources) {
        try {
          Optional<Schema> schema = source.resolve(id);
          if (schema.isPresent()) {
            return schema;
          }
        } catch (SchemaSourceException e) {
          unanswered = e;
        }
      }
      if (unanswered != null) {
        throw unanswered;
      }
      return Optional.empty();
    }

    @Override
    public void close() {
      sources.forEach(SchemaResolver::close);
    }
  }
}
