package io.tallyman.sink.mongodb;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.WriteModel;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bson.BsonSerializationException;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * Keeps records as documents.
 *
 * <p>{@code put} writes: when it returns, a majority of the servers has the batch in its journal,
 * so {@code flush} has nothing to do. Writing anything again, in whole or in part, changes nothing.
 */
final class MongoSink implements RecordSink {

  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);

  private final UnaryOperator<MongoClientSettings.Builder> driver;
  private @Nullable MongoClient client;
  private @Nullable MongoDatabase database;
  private int bulkSize;

  MongoSink() {
    this(UnaryOperator.identity());
  }

  /** With a last word on the driver's settings. */
  MongoSink(UnaryOperator<MongoClientSettings.Builder> driver) {
    this.driver = driver;
  }

  @Override
  public void open(SinkContext context) throws SinkException {
    close();
    var options = MongoOptions.of(context.options());
    bulkSize = options.bulkSize();
    client = MongoClients.create(driver.apply(options.settings(context)).build());
    var opened = client.getDatabase(options.database());
    try {
      opened.runCommand(new Document("ping", 1));
      StoreIndexes.make(opened, options.ttl());
    } catch (MongoException e) {
      close();
      throw StoreErrors.of(e);
    }
    database = opened;
  }

  @Override
  public void put(List<SinkRecord> batch) throws SinkException {
    Map<SinkRecord, String> rejected = new LinkedHashMap<>();
    var fold = new Fold();
    for (var record : batch) {
      try {
        fold.add(record, RecordMapper.change(record));
      } catch (IllegalArgumentException e) {
        rejected.put(record, String.valueOf(e.getMessage()));
      }
    }
    for (var target : Target.values()) {
      write(target, fold.changes(target), rejected);
    }
    if (!rejected.isEmpty()) {
      throw new SinkException.Rejected(rejected);
    }
  }

  private void write(Target target, List<Fold.Entry<?>> entries, Map<SinkRecord, String> rejected)
      throws SinkException {
    List<WriteModel<Document>> models = new ArrayList<>(entries.size());
    List<SinkRecord> records = new ArrayList<>(entries.size());
    for (var entry : entries) {
      for (var model : Operations.of(entry.change())) {
        models.add(model);
        records.add(entry.record());
      }
    }
    for (int from = 0; from < models.size(); from += bulkSize) {
      int to = Math.min(models.size(), from + bulkSize);
      write(target, models.subList(from, to), records.subList(from, to), rejected);
    }
  }

  /**
   * Sends one bulk.
   *
   * @param records of which each operation is
   */
  private void write(
      Target target,
      List<WriteModel<Document>> models,
      List<SinkRecord> records,
      Map<SinkRecord, String> rejected)
      throws SinkException {
    try {
      Objects.requireNonNull(database, "not open")
          .getCollection(target.collection())
          .bulkWrite(models, UNORDERED);
    } catch (MongoBulkWriteException e) {
      reject(e, records, rejected);
    } catch (BsonSerializationException e) {
      // The driver does not say which of them cannot be sent.
      if (models.size() == 1) {
        rejected.put(records.getFirst(), "not a document that MongoDB takes: " + e.getMessage());
        return;
      }
      int half = models.size() / 2;
      write(target, models.subList(0, half), records.subList(0, half), rejected);
      write(
          target,
          models.subList(half, models.size()),
          records.subList(half, records.size()),
          rejected);
    } catch (MongoException e) {
      throw StoreErrors.of(e);
    }
  }

  private static void reject(
      MongoBulkWriteException e, List<SinkRecord> records, Map<SinkRecord, String> rejected)
      throws SinkException {
    for (var error : e.getWriteErrors()) {
      switch (StoreErrors.kind(error)) {
        case PASSING -> throw StoreErrors.unavailable(e);
        case REFUSED -> throw StoreErrors.refused(e);
        case LASTING -> rejected.put(records.get(error.getIndex()), StoreErrors.reason(error));
      }
    }
    if (e.getWriteConcernError() != null) {
      throw StoreErrors.unavailable(e);
    }
  }

  /** Nothing is left to do: see the class. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    client = null;
    database = null;
  }
}
