package io.tallyman.sink.mongodb;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** A database of a test's own, that the sink reaches through a gate and the test past it. */
final class TestStore implements AutoCloseable {

  /** mongo-java-server would send all at once, which is more than the driver takes. */
  private static final int BATCH = 1_000;

  private final TestServer server;
  private final Gate gate;
  private final MongoClient client;
  private final String name = "t" + UUID.randomUUID().toString().replace("-", "");

  TestStore(TestServer server) {
    this.server = server;
    this.gate = new Gate(server.address());
    this.client = MongoClients.create(server.uri());
  }

  TestServer server() {
    return server;
  }

  Gate gate() {
    return gate;
  }

  MongoDatabase database() {
    return client.getDatabase(name);
  }

  MongoCollection<Document> collection(String collection) {
    return database().getCollection(collection);
  }

  @Nullable Document find(String collection, String id) {
    return collection(collection).find(new Document("_id", id)).first();
  }

  /** Gives every document, with the name of its collection. */
  void forEach(BiConsumer<String, Document> consumer) {
    for (var collection : database().listCollectionNames()) {
      collection(collection)
          .find()
          .batchSize(BATCH)
          .forEach(document -> consumer.accept(collection, document));
    }
  }

  /** Every document by its id, by collection. */
  Map<String, Map<Object, Document>> content() {
    Map<String, Map<Object, Document>> content = new TreeMap<>();
    forEach((collection, document) ->
        content
            .computeIfAbsent(collection, _ -> new HashMap<>())
            .put(document.get("_id"), document));
    return content;
  }

  Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    options.put("uri", server.through(gate));
    options.put("database", name);
    options.put("bulk-size", String.valueOf(server.bulkSize()));
    return options;
  }

  SinkContext context(Map<String, String> options) {
    var provider = new MongoProvider();
    return new SinkContext(
        provider.name(),
        SinkOptions.of(provider.options(), options),
        Topics.records().stream().map(Topic::name).toList(),
        "",
        SinkMetrics.NOOP);
  }

  @Override
  public void close() {
    database().drop();
    client.close();
    gate.close();
  }
}
