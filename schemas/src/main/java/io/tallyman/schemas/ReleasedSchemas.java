package io.tallyman.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Every schema that was ever released, as this library ships them. Immutable; safe from any thread.
 */
public final class ReleasedSchemas {

  /** Number of the newest release: the highest directory under {@code src/released}. */
  static final int RELEASES = 1;

  private static final List<ReleasedSchema> ALL = load();
  private static final Map<Integer, ReleasedSchema> BY_ID = new HashMap<>();
  private static final Map<String, ReleasedSchema> NEWEST = new HashMap<>();

  static {
    for (ReleasedSchema released : ALL) {
      BY_ID.put(released.id(), released);
      NEWEST.put(released.schema().getFullName(), released);
    }
  }

  private ReleasedSchemas() {}

  /** All of them, older releases first. */
  public static List<ReleasedSchema> all() {
    return ALL;
  }

  /** The newest of each record, by the record's full name. */
  public static Map<String, ReleasedSchema> newest() {
    return Map.copyOf(NEWEST);
  }

  /** The newest of one record. */
  public static Optional<ReleasedSchema> newest(String recordFullName) {
    return Optional.ofNullable(NEWEST.get(recordFullName));
  }

  /** The one with that id. */
  public static Optional<ReleasedSchema> byId(int id) {
    return Optional.ofNullable(BY_ID.get(id));
  }

  /** Resolves the ids of released schemas; answers at once and never fails. */
  public static SchemaResolver resolver() {
    return id -> byId(id).map(ReleasedSchema::schema);
  }

  private static List<ReleasedSchema> load() {
    List<ReleasedSchema> all = new ArrayList<>();
    for (int version = 1; version <= RELEASES; version++) {
      for (Topic topic : Topics.records()) {
        String file = "released/" + version + "/" + Topics.recordSchema(topic).getName() + ".avsc";
        try (InputStream in = ReleasedSchemas.class.getResourceAsStream(file)) {
          // A release brings only the schemas that it changed.
          if (in != null) {
            all.add(read(topic, version, in));
          }
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot read " + file, e);
        }
      }
    }
    return List.copyOf(all);
  }

  private static ReleasedSchema read(Topic topic, int version, InputStream in) throws IOException {
    String text = SchemaIds.minify(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    Schema schema = new Schema.Parser().parse(text);
    return new ReleasedSchema(SchemaIds.of(text), topic, version, schema, text);
  }
}
