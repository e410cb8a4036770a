package io.tallyman.schemas;

/** Tells the id under which a schema is written into frames. Safe from any thread. */
@FunctionalInterface
public interface SchemaIdSource {

  /** The ids that are computed from the schemas, for deployments without a registry. */
  SchemaIdSource COMPUTED = (topic, schema) -> schema.id();

  /**
   * The id of a schema; asked once per topic and schema, answers are kept.
   *
   * @param topic full name of the topic
   */
  int idOf(String topic, ReleasedSchema schema);
}
