package io.tallyman.agent.app;

import io.tallyman.agent.AgentStartException;
import io.tallyman.agent.gaps.GapOutput;
import io.tallyman.agent.publish.KafkaLane;
import io.tallyman.agent.publish.KafkaSetup;
import io.tallyman.agent.publish.Lane;
import io.tallyman.agent.publish.LaneSettings;
import io.tallyman.agent.spool.SpoolInUseException;
import io.tallyman.agent.spool.SpoolSnapshot.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The agent's two lanes, which share nothing but the disk and the network. */
record Lanes(KafkaLane events, KafkaLane stats) {

  /**
   * Opens both and reads what an earlier run left in their spools; nothing is sent yet.
   *
   * @throws AgentStartException when a spool cannot be used; nothing is left open then
   */
  static Lanes open(AgentConfig config, Clock clock) {
    Path directory = config.dataDirectory().resolve("spool");
    KafkaSetup setup = new KafkaSetup(config.kafka(), clock);
    try {
      KafkaLane events =
          KafkaLane.events(
              LaneSettings.events(directory, config.spool().eventsMaxBytes()),
              config.kafka(),
              setup,
              clock);
      try {
        KafkaLane stats =
            KafkaLane.stats(
                LaneSettings.stats(directory, config.spool().statsMaxBytes()),
                config.kafka(),
                setup,
                clock);
        return new Lanes(events, stats);
      } catch (IOException e) {
        events.close();
        throw e;
      }
    } catch (SpoolInUseException e) {
      throw new AgentStartException.DataDirectoryInUse(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new AgentStartException.DataDirectoryUnusable(
          "The spool in " + directory + " cannot be used: " + e.getMessage() + ".", e);
    }
  }

  /**
   * @param roomAgain see {@link KafkaLane#start}, of the lane of events
   */
  void start(GapOutput gaps, Runnable roomAgain) {
    events.start(gaps, roomAgain);
    stats.start(gaps, () -> {});
  }

  /**
   * Sends what is left within the lanes' time; the rest stays on disk. For when nothing is offered
   * any more.
   *
   * @return how many records stay
   */
  long close() {
    stats.tellLosses();
    events.tellLosses();
    Thread other = Thread.ofPlatform().name("tallyman-flush").start(stats::flush);
    events.flush();
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Thread closing = Thread.ofPlatform().name("tallyman-close").start(stats::close);
    events.close();
    try {
      closing.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return events.unsent() + stats.unsent();
  }

  List<KafkaLane> all() {
    return List.of(events, stats);
  }

  List<Lane.LaneSnapshot> snapshots() {
    return all().stream().map(KafkaLane::snapshot).toList();
  }

  boolean isKafkaReachable() {
    return all().stream().allMatch(KafkaLane::isKafkaReachable);
  }

  /** Why Kafka does not take what the agent sends; null while all is well. */
  @Nullable String kafkaError() {
    String error = events.lastError();
    return error != null ? error : stats.lastError();
  }

  /** Whether both spools take what Kafka does not. */
  boolean haveRoom() {
    return all().stream().allMatch(lane -> lane.spoolState() == State.ACCEPTING);
  }

  /** Whether the disk of a spool failed. */
  boolean hasDiskFailed() {
    return all().stream().anyMatch(lane -> lane.spoolState() == State.FAILED);
  }
}
