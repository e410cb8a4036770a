package io.tallyman.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class EmbeddedBrokerTest {

  private static final Duration SOON = Duration.ofSeconds(3);

  /** A machine that is busy with other things can stall for seconds. */
  private static final int ATTEMPTS = 3;

  @TempDir Path directory;

  @Test
  void recordsGroupsAndClusterIdSurviveARestartOnAnotherPort() throws Exception {
    String clusterId;
    int port;
    try (var broker = EmbeddedBroker.start(new BrokerConfig(directory, 0))) {
      clusterId = broker.clusterId();
      port = broker.port();
      createTopic(broker, "kept");
      produce(broker, "kept", "one", "two");
      assertThat(consume(broker, "kept", 2)).containsExactly("one", "two");
    }
    try (var blocker = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"));
        var broker = EmbeddedBroker.start(new BrokerConfig(directory, 0))) {
      assertThat(broker.port()).isNotEqualTo(blocker.getLocalPort());
      assertThat(broker.clusterId()).isEqualTo(clusterId);
      produce(broker, "kept", "three");
      assertThat(consume(broker, "kept", 1)).containsExactly("three");
    }
  }

  @Test
  void topicsAreNotCreatedByUse() {
    try (var broker = EmbeddedBroker.start(new BrokerConfig(directory, 0));
        var admin = admin(broker)) {
      var described = admin.describeTopics(List.of("nobody-made-this")).allTopicNames();
      assertThatThrownBy(() -> described.get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }
  }

  @Test
  void stopsSoonAlsoWithClientsConnectedAndTwice() throws Exception {
    var times = new ArrayList<Duration>();
    do {
      times.add(stopped(directory.resolve("attempt" + times.size())));
    } while (times.getLast().compareTo(SOON) >= 0 && times.size() < ATTEMPTS);
    assertThat(times).anyMatch(time -> time.compareTo(SOON) < 0);
  }

  /** How long that took with a client connected. */
  private static Duration stopped(Path directory) throws Exception {
    var broker = EmbeddedBroker.start(new BrokerConfig(directory, 0));
    createTopic(broker, "busy");
    try (var producer = producer(broker)) {
      producer.send(new ProducerRecord<>("busy", "value")).get(60, TimeUnit.SECONDS);
      var begin = System.nanoTime();
      broker.close();
      broker.close();
      var taken = Duration.ofNanos(System.nanoTime() - begin);
      producer.close(Duration.ZERO);
      return taken;
    }
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var config = new BrokerConfig(directory, taken.getLocalPort());
      assertThatThrownBy(() -> EmbeddedBroker.start(config))
          .isInstanceOf(BrokerException.PortTaken.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aSecondBrokerOnTheDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
    var config = new BrokerConfig(directory, 0);
    try (var broker = EmbeddedBroker.start(config)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(config))
          .isInstanceOf(BrokerException.DirectoryInUse.class)
          .hasMessageContaining(directory.toString());
      createTopic(broker, "still-alive");
    }
  }

  @Test
  void aDirectoryWithOtherFilesIsLeftAlone() throws IOException {
    Files.writeString(directory.resolve("letter.txt"), "dear …");
    assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerConfig(directory, 0)))
        .isInstanceOf(BrokerException.DirectoryForeign.class);
    assertThat(directory).isDirectoryContaining("glob:**letter.txt");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void aDirectoryOfAnotherFormatIsRefused() throws IOException {
    Files.writeString(directory.resolve("meta.properties"), "version=7\nnode.id=1\n");
    assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerConfig(directory, 0)))
        .isInstanceOf(BrokerException.DirectoryForeign.class);
  }

  @Test
  void aPathThatCannotBeADirectoryIsNamed() throws IOException {
    var file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerConfig(file.resolve("data"), 0)))
        .isInstanceOf(BrokerException.DirectoryUnusable.class)
        .hasMessageContaining("file");
  }

  @Test
  void aFullDiskIsFoundBeforeAnythingIsWritten() {
    var config = new BrokerConfig(directory, 0, Long.MAX_VALUE);
    assertThatThrownBy(() -> EmbeddedBroker.start(config))
        .isInstanceOf(BrokerException.DiskFull.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDirectoryWhoseFormattingWasInterruptedIsFormattedAgain() throws IOException {
    Files.writeString(directory.resolve("tallyman.lock"), "");
    Files.writeString(directory.resolve("bootstrap.checkpoint"), "half");
    try (var broker = EmbeddedBroker.start(new BrokerConfig(directory, 0))) {
      assertThat(broker.clusterId()).isNotBlank();
    }
  }

  @Test
  void whatKafkaWouldHaltTheProcessForIsReported() {
    var failures = new CopyOnWriteArrayList<BrokerException>();
    try (var _ = EmbeddedBroker.start(new BrokerConfig(directory, 0), failures::add)) {
      assertThatThrownBy(() -> Exit.halt(1, "storage is gone"))
          .isInstanceOf(IllegalStateException.class);
      assertThat(failures).singleElement().asString().contains("storage is gone");
    }
  }

  private static Admin admin(EmbeddedBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static void createTopic(EmbeddedBroker broker, String name) throws Exception {
    try (var admin = admin(broker)) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(60, TimeUnit.SECONDS);
    }
  }

  private static KafkaProducer<String, String> producer(EmbeddedBroker broker) {
    var properties = new Properties();
    properties.put("bootstrap.servers", broker.bootstrapServers());
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  private static void produce(EmbeddedBroker broker, String topic, String... values)
      throws Exception {
    try (var producer = producer(broker)) {
      for (var value : values) {
        producer.send(new ProducerRecord<>(topic, value)).get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static List<String> consume(EmbeddedBroker broker, String topic, int count) {
    var properties = new Properties();
    properties.put("bootstrap.servers", broker.bootstrapServers());
    properties.put("group.id", "readers");
    properties.put("auto.offset.reset", "earliest");
    var values = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
      consumer.commitSync();
    }
    return values;
  }
}
