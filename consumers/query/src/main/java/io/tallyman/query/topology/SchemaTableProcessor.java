package io.tallyman.query.topology;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the published schemas: decimal id to JSON. */
final class SchemaTableProcessor extends ContextualProcessor<String, String, Void, Void> {

  @Override
  public void process(Record<String, String> record) {
    KeyValueStore<String, String> schemas = context().getStateStore(QueryTopology.SCHEMAS);
    @Nullable String schema = record.value();
    if (schema == null) {
      schemas.delete(record.key());
    } else {
      schemas.put(record.key(), schema);
    }
  }
}
