package io.tallyman.agent.app;

import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.publish.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that an agent is told at its start. It has no defaults: whoever makes it decides.
 *
 * @param endpoint where the Docker Engine listens
 * @param hostId null: the engine's id
 * @param hostName null: the engine's name
 * @param hostTags such as environment and site
 * @param selection which containers are collected
 * @param labels what of their labels is published and obeyed
 * @param dataDirectory the agent's own; made when missing
 */
public record AgentConfig(
    EngineEndpoint endpoint,
    @Nullable String hostId,
    @Nullable String hostName,
    Map<String, String> hostTags,
    Stats stats,
    Selection selection,
    LabelPolicy labels,
    KafkaSettings kafka,
    Spool spool,
    Http http,
    Path dataDirectory) {

  /**
   * How readings are taken.
   *
   * @param interval time between two ticks
   * @param detail whether every key of the engine's memory counters is published
   */
  public record Stats(Duration interval, StatsSourceChoice source, boolean detail) {}

  /** Caps of what waits on disk for Kafka, in bytes. */
  public record Spool(long eventsMaxBytes, long statsMaxBytes) {}

  /**
   * Where the agent serves health, metrics and what it collects.
   *
   * @param port 0 for any free one
   * @param token without it nothing can be changed over HTTP
   */
  public record Http(String host, int port, @Nullable String token) {}

  public AgentConfig {
    hostTags = Map.copyOf(hostTags);
  }
}
