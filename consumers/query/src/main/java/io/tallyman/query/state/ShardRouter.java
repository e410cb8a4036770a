package io.tallyman.query.state;

import io.tallyman.query.topology.QueryTopology;
import io.tallyman.query.topology.RecordDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/**
 * Asks each partition where it is: here or at another instance, the one that processes it first,
 * then one that has a copy. Safe from any thread.
 */
final class ShardRouter {

  private static final Executor EACH_ITS_THREAD = task -> Thread.ofVirtual().start(task);

  /** With one standby each there is one copy, and a second while partitions move. */
  private static final int MAX_COPIES = 2;

  private final KafkaStreams streams;
  private final CopyLags lags;
  private final HostInfo self;
  private final Map<String, Integer> partitionCounts;
  private final Peers peers;
  private final RecordDecoder decoder;
  private final String topicPrefix;
  private final RecentRates rates = new RecentRates();

  /** {@code partitionCounts} by full name of the topic. */
  ShardRouter(
      KafkaStreams streams,
      CopyLags lags,
      HostInfo self,
      Map<String, Integer> partitionCounts,
      Peers peers,
      RecordDecoder decoder,
      String topicPrefix) {
    this.streams = streams;
    this.lags = lags;
    this.self = self;
    this.partitionCounts = Map.copyOf(partitionCounts);
    this.peers = peers;
    this.decoder = decoder;
    this.topicPrefix = topicPrefix;
  }

  /** Partitions that are here. */
  Shard here(Set<Integer> partitions, boolean standby) {
    LocalStores stores = standby ? LocalStores.copies(streams, lags) : LocalStores.active(streams);
    return new LocalShard(stores, partitions, rates, decoder, topicPrefix);
  }

  /** See {@link StateStores#ask}. */
  <R> Answer<R> ask(String store, @Nullable String hostId, Function<Shard, R> question) {
    String topic = topicPrefix + QueryTopology.topicOf(store).name();
    int count = partitionCounts.getOrDefault(topic, 0);
    Set<Integer> missing =
        hostId == null
            ? IntStream.range(0, count).boxed().collect(Collectors.toCollection(TreeSet::new))
            : new TreeSet<>(Set.of(partitionOf(hostId, count)));
    Placement placement = placement(topic, store);
    List<R> answers = new ArrayList<>();
    ask(placement.active(missing), store, false, question, missing, answers);
    boolean stale = !missing.isEmpty();
    for (int choice = 0; choice < MAX_COPIES && !missing.isEmpty(); choice++) {
      ask(placement.standby(missing, choice), store, true, question, missing, answers);
    }
    if (!missing.isEmpty()) {
      // While partitions move, what was here is here still.
      ask(Map.of(self, Set.copyOf(missing)), store, true, question, missing, answers);
    }
    if (!missing.isEmpty()) {
      throw new NotReadyException(
          "Partitions " + missing + " of " + topic + " can be read nowhere at the moment", null);
    }
    return new Answer<>(answers, stale);
  }

  /** Takes what was answered out of what is missing. */
  private <R> void ask(
      Map<HostInfo, Set<Integer>> instances,
      String store,
      boolean standby,
      Function<Shard, R> question,
      Set<Integer> missing,
      List<R> answers) {
    Map<HostInfo, CompletableFuture<R>> asked = new HashMap<>();
    instances.forEach((instance, partitions) -> {
      if (!instance.equals(self)) {
        Shard shard = peers.shard(instance, store, partitions, standby);
        asked.put(
            instance, CompletableFuture.supplyAsync(() -> question.apply(shard), EACH_ITS_THREAD));
      }
    });
    Set<Integer> answered = new HashSet<>();
    instances.forEach((instance, partitions) -> {
      try {
        CompletableFuture<R> remote = asked.get(instance);
        answers.add(remote == null ? question.apply(here(partitions, standby)) : joined(remote));
        answered.addAll(partitions);
      } catch (NotReadyException e) {
        // Others are asked next.
      }
    });
    missing.removeAll(answered);
  }

  private static <R> R joined(CompletableFuture<R> remote) {
    try {
      return remote.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Placement placement(String topic, String store) {
    try {
      return new Placement(streams.metadataForAllStreamsClients(), topic, store);
    } catch (InvalidStateStoreException | IllegalStateException e) {
      throw new NotReadyException("It is not known yet who has which partitions", e);
    }
  }

  /** As Kafka's default partitioner, which everyone uses who writes these topics. */
  private static int partitionOf(String hostId, int count) {
    if (count == 0) {
      throw new NotReadyException("The number of partitions is not known yet", null);
    }
    return Utils.toPositive(Utils.murmur2(hostId.getBytes(StandardCharsets.UTF_8))) % count;
  }
}
