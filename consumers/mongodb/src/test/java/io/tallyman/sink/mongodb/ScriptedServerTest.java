package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.ConnectionString;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.netty.channel.Channel;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only a server does that is made to do it, or that only one of ours can. */
class ScriptedServerTest {

  private final Backend backend = new Backend();
  private final MongoServer server = new MongoServer(backend);
  private final TestStore store =
      new TestStore(
          new TestServer(
              "scripted", new ConnectionString(server.bindAndGetConnectionString()), 5_000, 0));
  private final MongoSink sink = new MongoSink();

  @AfterEach
  void close() {
    backend.script = (name, command) -> {};
    sink.close();
    store.close();
    server.shutdownNow();
  }

  private void open(String... options) throws SinkException {
    var all = new HashMap<>(store.options());
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    sink.open(store.context(all));
  }

  @Test
  void everyRecordThatTheServerRefusesIsNamed() throws SinkException {
    open();
    store
        .collection("stats")
        .createIndex(Indexes.ascending("sequence"), new IndexOptions().unique(true));
    sink.put(List.of(sample(0, 1)));
    var batch = List.of(sample(1, 1), sample(2, 2), sample(3, 1), sample(4, 4));

    var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> sink.put(batch));

    assertThat(rejection.reasons()).containsOnlyKeys(batch.get(0), batch.get(2));
    assertThat(rejection.reasons().values()).allMatch(reason -> reason.contains("11000"));
    assertThat(store.collection("stats").countDocuments()).isEqualTo(3);
  }

  @Test
  void aLabelIsFoundByKeyAndValueOfOnePair() throws SinkException {
    open();
    sink.put(List.of(Samples.sinkRecord(Samples.state().build(), 1)));
    var containers = store.collection("containers");

    assertThat(containers.countDocuments(labelled("com.docker.compose.project", "shop")))
        .isEqualTo(1);
    assertThat(containers.countDocuments(labelled("com.docker.compose.project", "web"))).isZero();
  }

  private static org.bson.conversions.Bson labelled(String key, String value) {
    return Filters.elemMatch("labels", Filters.and(Filters.eq("k", key), Filters.eq("v", value)));
  }

  @Test
  void aUserWithoutTheRightIsToldApartFromAnOutage() throws SinkException {
    open();
    backend.script =
        (name, command) -> {
          if (name.equals("update")) {
            throw new MongoServerError(13, "Unauthorized", "not authorized on db");
          }
        };

    assertThatThrownBy(() -> sink.put(List.of(sample(1, 1))))
        .isInstanceOf(SinkException.CredentialsRefused.class)
        .hasMessageContaining("not authorized");
  }

  @Test
  void aServerThatStepsDownIsAnOutageAndTheNextTryWrites() throws SinkException {
    open();
    var refused = ConcurrentHashMap.<String>newKeySet();
    backend.script =
        (name, command) -> {
          if (name.equals("update") && refused.add("once")) {
            throw new MongoServerError(11600, "InterruptedAtShutdown", "interrupted");
          }
        };
    assertThatThrownBy(() -> sink.put(List.of(sample(1, 1))))
        .isInstanceOf(SinkException.Unavailable.class);

    sink.put(List.of(sample(1, 1)));

    assertThat(store.collection("stats").countDocuments()).isEqualTo(1);
  }

  @Test
  void aTimeToLiveCanBeGivenChangedAndTakenBack() throws SinkException {
    open();
    assertThat(backend.expiries).isEmpty();

    open("ttl", "1d");
    assertThat(backend.expiries)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "events", new Document("time", 1).append("seconds", 86_400L),
                "stats", new Document("sampledAt", 1).append("seconds", 86_400L),
                "containers", new Document("removedAt", 1).append("seconds", 86_400L),
                "hosts", new Document("removedAt", 1).append("seconds", 86_400L),
                "gaps", new Document("to", 1).append("seconds", 86_400L),
                "alerts", new Document("since", 1).append("seconds", 86_400L)));

    open("ttl", "2d");
    assertThat(backend.expiries.get("stats")).containsEntry("seconds", 172_800L);
    assertThat(backend.dropped).contains("stats");

    backend.dropped.clear();
    open("ttl", "2d");
    assertThat(backend.dropped).isEmpty();

    open();
    assertThat(backend.expiries).isEmpty();
  }

  private static SinkRecord sample(int container, long sequence) {
    return Samples.sinkRecord(
        Samples.stats()
            .setContainerId(Samples.containerId(container))
            .setSequence(sequence)
            .build(),
        container);
  }

  private interface Script {
    void before(String name, Document command);
  }

  /** Does what the script says first, and keeps the expiring indexes that the memory cannot. */
  private static final class Backend extends MemoryBackend {

    final Map<String, Document> expiries = new ConcurrentHashMap<>();
    final Set<String> dropped = ConcurrentHashMap.newKeySet();
    volatile Script script = (name, command) -> {};

    @Override
    public Document handleCommand(
        Channel channel, String databaseName, String command, Document query) {
      script.before(command, query);
      var collection = String.valueOf(query.get(command));
      if (command.equals("createIndexes")) {
        var index = (Document) list(query, "indexes").getFirst();
        if (index.get("expireAfterSeconds") instanceof Number seconds) {
          var key = document(index, "key").clone();
          expiries.put(collection, key.append("seconds", seconds.longValue()));
          return new Document("ok", 1);
        }
      }
      if (command.equals("dropIndexes") && "tallyman_ttl".equals(query.get("index"))) {
        expiries.remove(collection);
        dropped.add(collection);
        return new Document("ok", 1);
      }
      var answer = super.handleCommand(channel, databaseName, command, query);
      if (command.equals("listIndexes") && expiries.containsKey(collection)) {
        var cursor = document(answer, "cursor");
        var batch = new ArrayList<Object>(list(cursor, "firstBatch"));
        batch.add(
            new Document("name", "tallyman_ttl")
                .append("expireAfterSeconds", expiries.get(collection).get("seconds")));
        cursor.put("firstBatch", batch);
      }
      return answer;
    }

    private static Document document(Document in, String name) {
      return (Document) Objects.requireNonNull(in.get(name));
    }

    private static List<?> list(Document in, String name) {
      return (List<?>) Objects.requireNonNull(in.get(name));
    }
  }
}
