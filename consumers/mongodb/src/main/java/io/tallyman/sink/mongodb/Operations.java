package io.tallyman.sink.mongodb;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/**
 * The operations that make a change. Each is right whichever of the others have been made, so they
 * may stand in one unordered bulk, and a crash between two is mended by making all of them again.
 * None is an update by pipeline, which not every server that speaks MongoDB's protocol has.
 */
final class Operations {

  private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);
  private static final String AS_OF = "asOfMicros";
  private static final String ORDER = "order";
  private static final String REMOVED = "removedAt";
  private static final String REMOVED_MICROS = "removedAtMicros";
  private static final String REMOVAL_ORDER = "removalOrder";

  private Operations() {}

  static List<WriteModel<Document>> of(Change change) {
    return switch (change) {
      case Change.Fact fact -> List.of(insert(fact.id(), new Document(fact.fields())));
      case Change.State state -> state(state);
      case Change.Removal removal -> removal(removal);
      case Change.Episode episode -> List.of(episode(episode));
    };
  }

  /** Makes the document when there is none. */
  private static WriteModel<Document> insert(String id, Document fields) {
    return new UpdateOneModel<>(id(id), new Document("$setOnInsert", fields), UPSERT);
  }

  private static List<WriteModel<Document>> state(Change.State state) {
    var fields = new Document(state.fields());
    var order = new Document(ORDER, state.order());
    var replace = new Document("$set", fields);
    if (!state.absent().isEmpty()) {
      replace.append("$unset", names(state.absent()));
    }
    return List.of(
        insert(state.id(), with(fields, order)),
        new UpdateOneModel<>(unless(state.id(), AS_OF, "$gte", state.asOfMicros()), replace),
        new UpdateOneModel<>(id(state.id()), new Document("$max", order)),
        new UpdateOneModel<>(
            id(state.id()).append(REMOVAL_ORDER, new Document("$lt", state.order())),
            new Document("$unset", names(List.of(REMOVED, REMOVED_MICROS, REMOVAL_ORDER)))));
  }

  private static List<WriteModel<Document>> removal(Change.Removal removal) {
    var removed =
        with(new Document(removal.removedAt()), new Document(REMOVAL_ORDER, removal.order()));
    return List.of(
        insert(removal.id(), with(new Document(removal.origin()), removed)),
        new UpdateOneModel<>(
            unless(removal.id(), ORDER, "$gt", removal.order()), new Document("$max", removed)));
  }

  private static WriteModel<Document> episode(Change.Episode episode) {
    var fields = new Document(episode.fields());
    var update = new Document(episode.last() ? "$set" : "$setOnInsert", fields);
    if (!episode.raised().isEmpty()) {
      update.append("$set", new Document("raised", episode.raised()));
    }
    return new UpdateOneModel<>(id(episode.id()), update, UPSERT);
  }

  private static Document id(String id) {
    return new Document("_id", id);
  }

  /** The document, but not when that field compares so; it does not when it is missing. */
  private static Document unless(String id, String field, String comparison, Object value) {
    return id(id).append(field, new Document("$not", new Document(comparison, value)));
  }

  private static Document with(Document fields, Map<String, Object> more) {
    var all = new Document(fields);
    all.putAll(more);
    return all;
  }

  private static Document names(List<String> names) {
    var document = new Document();
    names.forEach(name -> document.append(name, ""));
    return document;
  }
}
