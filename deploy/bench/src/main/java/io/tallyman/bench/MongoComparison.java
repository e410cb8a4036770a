package io.tallyman.bench;

import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/**
 * The MongoDB sink against a bare loop on its driver that sends the same upserts, whose documents
 * were made before.
 */
final class MongoComparison implements AutoCloseable {

  private static final double REQUIRED = 0.8;
  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
  private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

  private final JavaProcess server;
  private final MongoClient client;
  private final RecordSink sink;
  private final MongoCollection<Document> ofSink;
  private final MongoCollection<Document> ofDriver;

  private MongoComparison(Path directory) {
    this.server =
        JavaProcess.start(
            List.of("-Xmx1g"),
            MongoServerProcess.class.getName(),
            List.of(),
            MongoServerProcess.ANNOUNCEMENT,
            directory.resolve("mongo.log"));
    String uri = server.announced();
    this.client = MongoClients.create(uri);
    this.sink = BenchSinks.open("mongodb", Map.of("uri", uri, "database", "sink"));
    // Opened too, for the same indexes; nothing is written with it.
    BenchSinks.open("mongodb", Map.of("uri", uri, "database", "driver")).close();
    this.ofSink = client.getDatabase("sink").getCollection("stats");
    this.ofDriver =
        client
            .getDatabase("driver")
            .getCollection("stats")
            .withWriteConcern(WriteConcern.MAJORITY.withJournal(true));
  }

  /** Runs it: rounds for what the JVMs have to compile, not counted, and then the others. */
  static void measure(Report report, Path directory, int rounds, int samplesPerRound) {
    try (MongoComparison comparison = new MongoComparison(directory)) {
      Race cold = new Race();
      comparison.round(cold, samplesPerRound);
      comparison.round(new Race(), samplesPerRound);
      Race warm = new Race();
      for (int round = 0; round < rounds; round++) {
        comparison.round(warm, samplesPerRound);
      }
      comparison.report(report, cold, warm, (long) rounds * samplesPerRound);
    }
  }

  /** Both collections are empty before and after. */
  private void round(Race race, int samples) {
    List<List<SinkRecord>> batches = BenchSinks.batches(0, samples);
    BenchSinks.write(sink, batches);
    List<List<WriteModel<Document>>> bulks = upserts();
    ofSink.deleteMany(new Document());
    race.round(() -> BenchSinks.write(sink, batches), () -> write(bulks));
    if (ofSink.countDocuments() != samples || ofDriver.countDocuments() != samples) {
      throw new BenchException("not every sample was stored");
    }
    ofSink.deleteMany(new Document());
    ofDriver.deleteMany(new Document());
  }

  /** What the sink has written, as it wrote it. */
  private List<List<WriteModel<Document>>> upserts() {
    List<List<WriteModel<Document>>> bulks = new ArrayList<>();
    List<WriteModel<Document>> bulk = new ArrayList<>();
    for (Document document : ofSink.find().batchSize(1_000)) {
      Document id = new Document("_id", document.remove("_id"));
      bulk.add(new UpdateOneModel<>(id, new Document("$setOnInsert", document), UPSERT));
      if (bulk.size() == BenchSinks.BATCH) {
        bulks.add(bulk);
        bulk = new ArrayList<>();
      }
    }
    if (!bulk.isEmpty()) {
      bulks.add(bulk);
    }
    return bulks;
  }

  private double write(List<List<WriteModel<Document>>> bulks) {
    long start = System.nanoTime();
    bulks.forEach(bulk -> ofDriver.bulkWrite(bulk, UNORDERED));
    return Race.secondsSince(start);
  }

  private void report(Report report, Race cold, Race warm, long samples) {
    report
        .add("MongoDB: samples, after two rounds that are not counted", samples)
        .add("MongoDB: samples a second, sink", warm.ourRate(samples), 0)
        .add("MongoDB: samples a second, driver with the same upserts", warm.peerRate(samples), 0)
        .add("MongoDB: sink / driver", warm.ratio(), 2)
        .add("MongoDB: sink / driver by round: min / median / max", warm.minMedianMax())
        .add("MongoDB: sink / driver in the first round", cold.ratio(), 2)
        .require(
            warm.ratio() >= REQUIRED, "the MongoDB sink has less than 0.8 of its driver's speed");
  }

  @Override
  public void close() {
    sink.close();
    client.close();
    server.close();
  }
}
