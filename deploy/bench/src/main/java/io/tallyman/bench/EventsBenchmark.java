package io.tallyman.bench;

import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.TallymanDeserializer;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerEvent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What it costs to lose no event, against a producer that does nothing but send the same bytes. */
@Command(
    name = "events",
    mixinStandardHelpOptions = true,
    description =
        "One agent on a simulated engine with many events a second, beside a bare Kafka producer"
            + " that sends the same bytes: CPU per event, and time from event to Kafka. Exits with"
            + " 1 when the agent takes more than 4 times the producer's CPU, or its p99 is more"
            + " than 20 ms above the producer's.")
final class EventsBenchmark implements Callable<Integer> {

  private static final double MOST_CPU_RATIO = 4;
  private static final double MOST_MILLIS_ABOVE = 20;
  private static final Duration START = Duration.ofMinutes(1);
  private static final int CONTAINERS = 20;

  @Option(names = "--rate", defaultValue = "5000", description = "Events a second; default 5000.")
  private int rate;

  @Option(
      names = "--slow-rate",
      defaultValue = "100",
      description = "Events a second while the time to Kafka is measured; default 100.")
  private int slowRate;

  @Option(names = "--seconds", defaultValue = "20", description = "Of each window; default 20.")
  private int seconds;

  @Mixin private Results results = new Results();

  /** CPU that some records took. */
  private record Cost(double cpuSeconds, long records) {

    double microsPerRecord() {
      return cpuSeconds * 1e6 / records;
    }
  }

  @Override
  public Integer call() {
    Path directory = Directories.make();
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0))) {
      String kafka = broker.bootstrapServers();
      createTopics(kafka);
      Cost agent = agentCost(kafka, Directories.make(directory, "fast"), rate);
      long offset = end(kafka, Topics.EVENTS.name());
      Cost bare = bareCost(kafka, "bare.fast", 2 * rate * seconds, rate, directory);
      agentCost(kafka, Directories.make(directory, "slow"), slowRate);
      Quantiles agentMillis =
          Quantiles.of(latencies(kafka, Topics.EVENTS.name(), offset, eventMillis()));
      bareCost(kafka, "bare.slow", 2 * slowRate * seconds, slowRate, directory);
      Quantiles bareMillis =
          Quantiles.of(latencies(kafka, "bare.slow", 0, EventsBenchmark::sentMillis));
      return results.deliver(report(agent, bare, agentMillis, bareMillis));
    } finally {
      Directories.delete(directory);
    }
  }

  /** After a warm-up as long as the window. */
  private Cost agentCost(String kafka, Path directory, int eventsPerSecond) {
    try (JavaProcess storm =
            JavaProcess.start(
                List.of("-Xmx512m"),
                EventStormProcess.class.getName(),
                List.of(
                    directory.resolve("engine.sock").toString(),
                    Integer.toString(CONTAINERS),
                    Integer.toString(eventsPerSecond)),
                SimulatorProcess.ANNOUNCEMENT,
                directory.resolve("simulator.log"));
        AgentProcess agent =
            AgentProcess.start(
                List.of("-Xmx256m"), storm.announced(), kafka, Duration.ofMinutes(1), directory)) {
      awaitStorm(agent, eventsPerSecond);
      Pause.millis(seconds * 1_000L);
      AgentMetrics before = agent.metrics();
      double cpu = agent.probe().cpuSeconds();
      Pause.millis(seconds * 1_000L);
      AgentMetrics after = agent.metrics();
      cpu = agent.probe().cpuSeconds() - cpu;
      if (!after.isIdentityHeld() || after.lane("events", "dropped") > 0) {
        throw new BenchException("the lane of events dropped records, or does not add up");
      }
      return new Cost(
          cpu, after.lane("events", "acknowledged") - before.lane("events", "acknowledged"));
    }
  }

  private static void awaitStorm(AgentProcess agent, int eventsPerSecond) {
    long deadline = System.nanoTime() + START.toNanos();
    while (agent.metrics().lane("events", "acknowledged") < eventsPerSecond) {
      if (System.nanoTime() > deadline) {
        throw new BenchException("the agent has no events after " + START.toSeconds() + " s");
      }
      Pause.millis(200);
    }
  }

  private static Cost bareCost(
      String kafka, String target, int records, int perSecond, Path directory) {
    try (JavaProcess bare =
        JavaProcess.start(
            List.of("-Xmx512m"),
            BareProducer.class.getName(),
            List.of(
                kafka,
                Topics.EVENTS.name(),
                target,
                Integer.toString(records),
                Integer.toString(perSecond)),
            BareProducer.ANNOUNCEMENT,
            directory.resolve(target + ".log"))) {
      String[] said = bare.announced().split(" ", 2);
      return new Cost(Double.parseDouble(said[0]), Long.parseLong(said[1]));
    }
  }

  private static void createTopics(String kafka) {
    Map<String, String> byBroker =
        Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      Topics.createMissing(admin, new TopicSettings("", 1, OptionalInt.empty()));
      admin
          .createTopics(
              List.of(
                  new NewTopic("bare.fast", 1, (short) 1).configs(byBroker),
                  new NewTopic("bare.slow", 1, (short) 1).configs(byBroker)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new BenchException("the broker makes no topics", e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String kafka) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", kafka),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static long end(String kafka, String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      TopicPartition partition = new TopicPartition(topic, 0);
      return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }
  }

  /** From something to the append by the broker's clock, of the second half of the records. */
  private static double[] latencies(
      String kafka,
      String topic,
      long from,
      ToDoubleFunction<ConsumerRecord<byte[], byte[]>> beginMillis) {
    List<Double> millis = new ArrayList<>();
    long end = end(kafka, topic);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
          millis.add(each.timestamp() - beginMillis.applyAsDouble(each));
        }
      }
    }
    return millis.subList(millis.size() / 2, millis.size()).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  private static ToDoubleFunction<ConsumerRecord<byte[], byte[]>> eventMillis() {
    TallymanDeserializer deserializer =
        new TallymanDeserializer(ReleasedSchemas.resolver(), Clock.systemUTC());
    return each -> {
      var event = (ContainerEvent) deserializer.read(each.topic(), each.value());
      return event.getTimeNanos() / 1e6;
    };
  }

  private static double sentMillis(ConsumerRecord<byte[], byte[]> each) {
    return ByteBuffer.wrap(each.headers().lastHeader(BareProducer.SENT).value()).getLong() / 1e6;
  }

  private Report report(Cost agent, Cost bare, Quantiles agentMillis, Quantiles bareMillis) {
    double ratio = agent.microsPerRecord() / bare.microsPerRecord();
    double above = agentMillis.at(0.99) - bareMillis.at(0.99);
    return new Report("events")
        .add("events a second", rate)
        .add("records acknowledged in the agent's window of " + seconds + " s", agent.records())
        .add("agent CPU per record (µs)", agent.microsPerRecord(), 1)
        .add("bare producer CPU per record (µs)", bare.microsPerRecord(), 1)
        .add("agent / bare producer", ratio, 2)
        .add("events a second while the time to Kafka is measured", slowRate)
        .add("agent, event to Kafka (ms): min / median / p99 / max", agentMillis.minMedianP99Max())
        .add(
            "bare producer, send to Kafka (ms): min / median / p99 / max",
            bareMillis.minMedianP99Max())
        .add("p99 of the agent above that of the bare producer (ms)", above, 1)
        .require(
            agent.records() >= 0.95 * rate * seconds,
            "the agent did not keep up with " + rate + " events a second")
        .require(ratio <= MOST_CPU_RATIO, "the agent takes more than 4 times the producer's CPU")
        .require(above <= MOST_MILLIS_ABOVE, "the agent's p99 is more than 20 ms above");
  }
}
