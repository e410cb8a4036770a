package io.tallyman.bench;

import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.Action;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Cpu;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.Memory;
import io.tallyman.v1.Network;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Pids;
import io.tallyman.v1.StatsSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes what the agents of a fleet would; used by one thread. */
final class QueryFleet implements AutoCloseable {

  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final int CONTAINERS_PER_HOST = 100;
  private static final int CONTAINERS_PER_PROJECT = 20;
  private static final long MEBIBYTE = 1L << 20;

  private final int containers;
  private final TallymanSerializer serializer = new TallymanSerializer();
  private final Producer<String, byte[]> producer;
  private volatile @Nullable Exception refused;

  QueryFleet(String bootstrapServers, int containers) {
    this.containers = containers;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "linger.ms",
                20,
                "batch.size",
                1 << 20,
                "compression.type",
                "zstd"),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  static String id(int container) {
    return "%064x".formatted(0xabcdef00L + container);
  }

  /** Heartbeats and states. */
  void announce(Instant time) {
    for (int n = 0; n < containers; n += CONTAINERS_PER_HOST) {
      send(Topics.HOSTS, host(n), heartbeat(n, time));
    }
    for (int n = 0; n < containers; n++) {
      send(Topics.CONTAINERS, id(n), state(n, time));
    }
    flush();
  }

  /** One reading of every container. */
  void tick(Instant time) {
    for (int n = 0; n < containers; n++) {
      send(Topics.STATS, host(n), sample(n, time));
    }
  }

  /** A container's n-th event. */
  void event(int n, Instant time) {
    send(Topics.EVENTS, host(n % containers), happened(n, time));
  }

  void flush() {
    producer.flush();
    Exception failure = refused;
    if (failure != null) {
      throw new BenchException("the broker refused a record", failure);
    }
  }

  private void send(Topic topic, String key, SpecificRecord record) {
    Future<?> _ =
        producer.send(
            new ProducerRecord<>(topic.name(), key, serializer.serialize(topic.name(), record)),
            (written, failure) -> {
              if (failure != null) {
                refused = failure;
              }
            });
  }

  private static String host(int container) {
    return "host-" + container / CONTAINERS_PER_HOST;
  }

  private static HostStatus heartbeat(int container, Instant time) {
    return HostStatus.newBuilder()
        .setHostId(host(container))
        .setHostName(host(container))
        .setAgentId("agent-of-" + host(container))
        .setAgentVersion("bench")
        .setStatsSource("CGROUP")
        .setIntervalMillis(INTERVAL.toMillis())
        .setLanes(List.of())
        .setGaps(0)
        .setIncarnation(1)
        .setRunId("bench")
        .setTags(Map.of())
        .setStartedAt(time)
        .setAsOf(time)
        .build();
  }

  private static ContainerState state(int n, Instant time) {
    return ContainerState.newBuilder()
        .setHostId(host(n))
        .setHostName(host(n))
        .setContainerId(id(n))
        .setContainerName("service-" + n)
        .setImage("registry.example/service:" + n % 7)
        .setProject("project-" + n / CONTAINERS_PER_PROJECT)
        .setLabels(Map.of())
        .setAgentId("agent-of-" + host(n))
        .setIncarnation(1)
        .setSequence(n)
        .setState("running")
        .setStartedAt(time)
        .setAsOf(time)
        .build();
  }

  private ContainerEvent happened(int n, Instant time) {
    int container = n % containers;
    return ContainerEvent.newBuilder()
        .setEventId("%032x".formatted(n))
        .setHostId(host(container))
        .setHostName(host(container))
        .setContainerId(id(container))
        .setContainerName("service-" + container)
        .setLabels(Map.of())
        .setAgentId("agent-of-" + host(container))
        .setIncarnation(1)
        .setSequence(n)
        .setTime(time)
        .setTimeNanos(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano())
        .setObservedAt(time)
        .setAction(Action.HEALTH_STATUS)
        .setRawAction("health_status: healthy")
        .setOrigin(Origin.LIVE)
        .build();
  }

  private static ContainerStats sample(int n, Instant time) {
    long seconds = time.getEpochSecond() % 1_000_000;
    long usage = seconds * 1_000_000 * (n % 50 + 1) + time.getNano() / 1000;
    return ContainerStats.newBuilder()
        .setHostId(host(n))
        .setHostName(host(n))
        .setContainerId(id(n))
        .setContainerName("service-" + n)
        .setImage("registry.example/service:" + n % 7)
        .setProject("project-" + n / CONTAINERS_PER_PROJECT)
        .setLabels(Map.of())
        .setAgentId("agent-of-" + host(n))
        .setIncarnation(1)
        .setSequence(seconds)
        .setState("running")
        .setTick(time)
        .setSampledAt(time.plusNanos(n * 1000L))
        .setIntervalMillis(INTERVAL.toMillis())
        .setSource(StatsSource.CGROUP)
        .setCgroupVersion(2)
        .setCpu(
            Cpu.newBuilder()
                .setUsageNanos(usage)
                .setUserNanos(usage / 3)
                .setSystemNanos(usage / 5)
                .setPerCpuNanos(List.of())
                .setOnlineCpus(4)
                .setPercent((n % 50 + 1) / 10.0 + seconds % 7)
                .build())
        .setMemory(
            Memory.newBuilder()
                .setUsageBytes((n + 90) * MEBIBYTE + seconds)
                .setUsedBytes((n + 50) * MEBIBYTE + seconds)
                .setWorkingSetBytes((n + 60) * MEBIBYTE + seconds)
                .setLimitBytes(4096 * MEBIBYTE)
                .setPercent(12.5)
                .build())
        .setNetworks(
            List.of(
                Network.newBuilder()
                    .setName("eth0")
                    .setRxBytes(seconds * 1000 * (n % 9))
                    .setTxBytes(seconds * 500 * (n % 9))
                    .build()))
        .setBlockIo(
            List.of(
                BlockIo.newBuilder()
                    .setMajor(8)
                    .setMinor(0)
                    .setReadBytes(seconds * 4096)
                    .setWriteBytes(seconds * 8192)
                    .build()))
        .setPids(Pids.newBuilder().setCurrent(12L).build())
        .setReset(false)
        .build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
