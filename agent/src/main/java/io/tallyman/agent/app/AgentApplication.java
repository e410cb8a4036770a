package io.tallyman.agent.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.tallyman.agent.AgentStartException;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.identity.AgentDirectory;
import io.tallyman.agent.identity.AgentIdentity;
import java.net.BindException;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;

/** Starts agents. */
public final class AgentApplication {

  private AgentApplication() {}

  /**
   * Starts an agent. The engine must be there now; if it goes away later it is waited for. Kafka is
   * waited for from the start on.
   *
   * @throws AgentStartException when it cannot start; nothing is left running then
   * @throws IllegalArgumentException when the configuration contradicts itself
   */
  public static RunningAgent start(AgentConfig config) {
    return start(config, Clock.systemUTC());
  }

  /** As {@link #start(AgentConfig)}, with the time of another clock than the system's. */
  static RunningAgent start(AgentConfig config, Clock clock) {
    if (config.stats().source() == StatsSourceChoice.CGROUP) {
      throw new IllegalArgumentException(
          "tallyman.stats.source=cgroup is not supported by this version: set engine or auto");
    }
    AgentDirectory directory = AgentDirectory.open(config.dataDirectory());
    try {
      DockerEngine engine = new DockerJavaEngine(config.endpoint());
      try {
        return start(config, directory, engine, clock);
      } catch (RuntimeException e) {
        engine.close();
        throw e;
      }
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private static RunningAgent start(
      AgentConfig config, AgentDirectory directory, DockerEngine engine, Clock clock) {
    EngineInfo info = ask(engine, config);
    AgentIdentity identity =
        directory.claim(
            info.engineId(),
            config.hostId(),
            Objects.requireNonNullElse(config.hostName(), info.hostName()));
    Lanes lanes = Lanes.open(config, clock);
    try {
      AgentParts parts = new AgentParts(config, engine, info, identity, lanes, clock);
      ApplicationContext context = context(config, parts);
      EmbeddedServer server = bind(context, config.http());
      parts.start();
      return new RunningAgent(parts, context, server, directory);
    } catch (RuntimeException e) {
      lanes.close();
      throw e;
    }
  }

  private static EngineInfo ask(DockerEngine engine, AgentConfig config) {
    try {
      return engine.info();
    } catch (EngineException.Forbidden e) {
      throw new AgentStartException.EngineForbidden(
          "The Docker Engine at " + config.endpoint().host() + " is closed: " + e.getMessage(), e);
    } catch (EngineException.Unreachable e) {
      throw new AgentStartException.EngineUnreachable(
          "No Docker Engine at " + config.endpoint().host() + ": " + e.getMessage(), e);
    } catch (EngineException e) {
      throw new AgentStartException.EngineUnreachable(
          "What answers at "
              + config.endpoint().host()
              + " does not look like a Docker Engine: "
              + e.getMessage(),
          e);
    }
  }

  private static ApplicationContext context(AgentConfig config, AgentParts parts) {
    return ApplicationContext.builder()
        .deduceEnvironment(false)
        .environmentPropertySource(false)
        .banner(false)
        .properties(
            Map.ofEntries(
                Map.entry("tallyman.part.agent", true),
                Map.entry("micronaut.application.name", "tallyman-agent"),
                Map.entry("micronaut.server.host", config.http().host()),
                Map.entry(
                    "micronaut.server.port", config.http().port() == 0 ? -1 : config.http().port()),
                Map.entry("micronaut.netty.event-loops.default.num-threads", 1),
                Map.entry("micronaut.serde.serialization.inclusion", "ALWAYS"),
                Map.entry("endpoints.all.enabled", false),
                Map.entry("endpoints.health.enabled", true),
                Map.entry("endpoints.health.sensitive", false),
                Map.entry("endpoints.health.details-visible", "ANONYMOUS"),
                Map.entry("endpoints.health.disk-space.enabled", false),
                Map.entry("endpoints.health.service-ready-indicator-enabled", false)))
        .singletons(config.http(), parts)
        .build();
  }

  private static EmbeddedServer bind(ApplicationContext context, AgentConfig.Http http) {
    try {
      context.start();
      return context.getBean(EmbeddedServer.class).start();
    } catch (RuntimeException e) {
      context.close();
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          throw new AgentStartException.HttpUnavailable(
              "Port %d of %s cannot be bound; is it in use? Choose another with --port."
                  .formatted(http.port(), http.host()),
              e);
        }
      }
      throw e;
    }
  }

  /** Version of this program; {@code development} where it does not run from its jar. */
  static String version() {
    return Objects.requireNonNullElse(
        AgentApplication.class.getPackage().getImplementationVersion(), "development");
  }
}
