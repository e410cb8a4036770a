package io.tallyman.sink.mongodb;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import java.util.List;

/** Offers the sink {@code mongodb}. */
public final class MongoProvider implements SinkProvider {

  static final String URI = "uri";
  static final String DATABASE = "database";
  static final String TTL = "ttl";
  static final String BULK_SIZE = "bulk-size";

  @Override
  public String name() {
    return "mongodb";
  }

  @Override
  public String description() {
    return "Keeps every record as a document in MongoDB";
  }

  @Override
  public List<SinkOption> options() {
    return List.of(
        SinkOption.secret(
                URI, "Connection string, such as mongodb://USER:PASSWORD@HOST:27017/?tls=true")
            .asMandatory(),
        SinkOption.of(DATABASE, "tallyman", "Database that has the collections"),
        SinkOption.of(
            TTL,
            null,
            "Age at which MongoDB deletes events, samples, gaps, alerts and what was removed,"
                + " such as 30d"),
        SinkOption.of(BULK_SIZE, "5000", "Most operations that are sent at once"));
  }

  @Override
  public List<String> topics() {
    return Topics.records().stream().map(Topic::name).toList();
  }

  @Override
  public void check(SinkOptions options) {
    var _ = MongoOptions.of(options);
  }

  @Override
  public RecordSink create() {
    return new MongoSink();
  }
}
