package io.tallyman.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class KilledBrokerTest {

  private static final String TOPIC = "kept";

  @TempDir Path directory;

  /** Runs a broker until it is killed; prints its address. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
      var broker = EmbeddedBroker.start(new BrokerConfig(Path.of(args[0]), 0));
      System.out.println("at " + broker.bootstrapServers());
      Thread.currentThread().join();
    }
  }

  @Test
  void acknowledgedRecordsOutliveAKilledProcess() throws Exception {
    var process = startProcess();
    try {
      produce(addressOf(process), 1_000);
    } finally {
      process.destroyForcibly().waitFor();
    }
    var begin = System.nanoTime();
    try (var broker = EmbeddedBroker.start(new BrokerConfig(directory, 0))) {
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
      var expected = new ArrayList<String>();
      for (int i = 0; i < 1_000; i++) {
        expected.add("value " + i);
      }
      assertThat(readAll(broker.bootstrapServers(), expected.size())).isEqualTo(expected);
    }
  }

  private Process startProcess() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            directory.toString())
        .redirectError(Redirect.INHERIT)
        .start();
  }

  private static String addressOf(Process process) throws IOException {
    var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("at ")) {
        return line.substring("at ".length());
      }
    }
    throw new IOException("the broker's process ended before it served");
  }

  private static void produce(String servers, int count) throws Exception {
    var properties = new Properties();
    properties.put("bootstrap.servers", servers);
    properties.put("acks", "all");
    try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
    try (var producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < count; i++) {
        var _ = producer.send(new ProducerRecord<>(TOPIC, "value " + i));
      }
      producer.flush();
    }
  }

  private static List<String> readAll(String servers, int count) {
    var properties = new Properties();
    properties.put("bootstrap.servers", servers);
    properties.put("auto.offset.reset", "earliest");
    var values = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
      var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
