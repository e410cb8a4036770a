package io.tallyman.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The properties of a single small broker, as Kafka names them. */
final class BrokerSettings {

  static final int NODE_ID = 1;
  static final String HOST = "127.0.0.1";
  static final String CLIENT_LISTENER = "PLAINTEXT";
  static final String CONTROLLER_LISTENER = "CONTROLLER";
  static final long MAX_START_MILLIS = 60_000;

  private static final int SEGMENT_BYTES = 64 * 1024 * 1024;

  /** A segment has one entry for each 4 KiB, of at most 12 bytes: this is enough for 64 MiB. */
  private static final int INDEX_BYTES = 512 * 1024;

  /**
   * Room for some 170 000 keys in one pass of the cleaner; Kafka's default takes 128 MiB of heap.
   */
  private static final int CLEANER_BUFFER_BYTES = 4 * 1024 * 1024;

  private BrokerSettings() {}

  static Map<String, String> of(Path dataDirectory, int clientPort, int controllerPort) {
    var settings = new HashMap<String, String>();
    putAddresses(settings, clientPort, controllerPort);
    putStorage(settings, dataDirectory);
    putInternalTopics(settings);
    putThreadsAndTimes(settings);
    return settings;
  }

  private static void putAddresses(
      Map<String, String> settings, int clientPort, int controllerPort) {
    var client = CLIENT_LISTENER + "://" + HOST + ":" + clientPort;
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    // A static voter: only its id is persisted, so that the next start may use other ports.
    settings.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    settings.put(
        "listeners", client + "," + CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort);
    settings.put("advertised.listeners", client);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put("inter.broker.listener.name", CLIENT_LISTENER);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
  }

  private static void putStorage(Map<String, String> settings, Path dataDirectory) {
    settings.put("log.dirs", dataDirectory.toString());
    settings.put("log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    settings.put("log.index.size.max.bytes", Integer.toString(INDEX_BYTES));
    settings.put("metadata.log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    settings.put("log.cleaner.threads", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(CLEANER_BUFFER_BYTES));
    settings.put("log.retention.check.interval.ms", "300000");
    settings.put("auto.create.topics.enable", "false");
    settings.put("num.partitions", "1");
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
  }

  private static void putInternalTopics(Map<String, String> settings) {
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.segment.bytes", Integer.toString(SEGMENT_BYTES / 4));
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
  }

  private static void putThreadsAndTimes(Map<String, String> settings) {
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
    settings.put("group.coordinator.threads", "1");
    settings.put("share.coordinator.threads", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("controller.quorum.append.linger.ms", "5");
    // Nobody watches the lag of other controllers here, so an idle broker writes nothing.
    settings.put("metadata.max.idle.interval.ms", "0");
    // A killed broker's session must end before its id may register again, so this is how long a
    // start after a kill is held up.
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("server.max.startup.time.ms", Long.toString(MAX_START_MILLIS));
    settings.put("metric.reporters", "");
  }
}
