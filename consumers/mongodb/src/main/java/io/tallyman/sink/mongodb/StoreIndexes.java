package io.tallyman.sink.mongodb;

import static com.mongodb.client.model.Indexes.ascending;
import static com.mongodb.client.model.Indexes.compoundIndex;
import static com.mongodb.client.model.Indexes.descending;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the indexes that the usual questions need; what is there already is left alone. */
final class StoreIndexes {

  private static final Logger log = LoggerFactory.getLogger(StoreIndexes.class);

  private static final String EXPIRY = "tallyman_ttl";
  private static final String SECONDS = "expireAfterSeconds";

  /** IndexOptionsConflict, IndexKeySpecsConflict: somebody has made it his own way. */
  private static final Set<Integer> ALREADY_THERE = Set.of(85, 86);

  /** IndexNotFound. */
  private static final int NOT_THERE = 27;

  private StoreIndexes() {}

  static void make(MongoDatabase database, Optional<Duration> ttl) {
    for (var target : Target.values()) {
      var collection = database.getCollection(target.collection());
      indexes(target).forEach(index -> make(collection, index));
      expire(collection, target, ttl);
    }
  }

  private static List<Bson> indexes(Target target) {
    return switch (target) {
      case EVENTS -> List.of(byTime("containerId", "time"), byTime("hostId", "time"));
      case STATS -> List.of(byTime("containerId", "sampledAt"), byTime("hostId", "sampledAt"));
      case CONTAINERS ->
          List.of(
              ascending("hostId", "state"),
              ascending("containerName"),
              ascending("labels.k", "labels.v"));
      case HOSTS -> List.of();
      case GAPS -> List.of(byTime("hostId", "to"));
      case ALERTS -> List.of(byTime("containerId", "since"), byTime("hostId", "since"));
    };
  }

  private static Bson byTime(String field, String time) {
    return compoundIndex(ascending(field), descending(time));
  }

  private static void make(MongoCollection<Document> collection, Bson index) {
    try {
      collection.createIndex(index);
    } catch (MongoCommandException e) {
      if (!ALREADY_THERE.contains(e.getErrorCode())) {
        throw e;
      }
      log.info(
          "Index on {} is there in another form: {}",
          collection.getNamespace(),
          e.getErrorMessage());
    }
  }

  private static void drop(MongoCollection<Document> collection) {
    try {
      collection.dropIndex(EXPIRY);
    } catch (MongoCommandException e) {
      // Another instance with the same new age was faster.
      if (e.getErrorCode() != NOT_THERE) {
        throw e;
      }
    }
  }

  /** Brings the index that makes MongoDB delete to what is configured. */
  private static void expire(
      MongoCollection<Document> collection, Target target, Optional<Duration> ttl) {
    var wanted = ttl.map(Duration::toSeconds);
    Optional<Long> present = Optional.empty();
    for (var index : collection.listIndexes()) {
      if (EXPIRY.equals(index.getString("name"))) {
        present = Optional.of(index.get(SECONDS, Number.class).longValue());
      }
    }
    if (present.equals(wanted)) {
      return;
    }
    if (present.isPresent()) {
      drop(collection);
    }
    wanted.ifPresent(seconds ->
        collection.createIndex(
            ascending(target.expiry()),
            new IndexOptions().name(EXPIRY).expireAfter(seconds, TimeUnit.SECONDS)));
  }
}
