package io.tallyman.agent.app;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.logging.LogLevel;
import io.micronaut.logging.LoggingSystem;
import io.tallyman.agent.stats.StatsSampler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the agent tells over HTTP beside its health. */
@Controller
final class AgentController {

  private static final String BEARER = "Bearer ";

  /** Would print what passes between engine and agent, secrets of containers included. */
  private static final String ENGINE_CLIENT = "com.github.dockerjava";

  private final AgentParts parts;
  private final AgentMetrics metrics;
  private final AgentConfig.Http http;
  private final List<LoggingSystem> logging;

  AgentController(
      AgentParts parts, AgentMetrics metrics, AgentConfig.Http http, List<LoggingSystem> logging) {
    this.parts = parts;
    this.metrics = metrics;
    this.http = http;
    this.logging = logging;
  }

  @Get(value = "/metrics", produces = "text/plain; version=0.0.4; charset=utf-8")
  String metrics() {
    return metrics.scrape();
  }

  /** What is collected, from where, since when, and what last went wrong with it. */
  @Get(value = "/containers", produces = MediaType.APPLICATION_JSON)
  Map<String, Object> containers() {
    List<Map<String, Object>> items = new ArrayList<>();
    for (AgentParts.Collected each : parts.collected()) {
      items.add(item(each));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("asOf", Instant.now().toString());
    answer.put("hostId", parts.identity.hostId());
    answer.put("items", items);
    return answer;
  }

  private static Map<String, Object> item(AgentParts.Collected collected) {
    var container = collected.container();
    StatsSampler.ContainerReadings readings = collected.readings();
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("containerId", container.id());
    item.put("containerName", container.name());
    item.put("image", container.image());
    item.put("state", container.state());
    item.put("collected", container.selected());
    item.put("startedAt", text(container.startedAt()));
    item.put("source", readings == null ? null : readings.source());
    item.put("collectedSince", readings == null ? null : text(readings.firstReadAt()));
    item.put("lastReadAt", readings == null ? null : text(readings.lastReadAt()));
    item.put("lastError", readings == null ? null : readings.lastError());
    return item;
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  /** Sets the level of a logger until the agent ends. */
  @Post(value = "/loggers/{name}", consumes = MediaType.APPLICATION_JSON)
  HttpResponse<Map<String, Object>> setLevel(
      String name,
      @Header("Authorization") @Nullable String authorization,
      @Body Map<String, String> body) {
    if (!isAllowed(authorization)) {
      return Problems.of(
          HttpStatus.UNAUTHORIZED,
          http.token() == null
              ? "changes are off: set tallyman.agent.token"
              : "send the token of tallyman.agent.token as 'Authorization: Bearer …'");
    }
    if (name.startsWith(ENGINE_CLIENT)) {
      return Problems.of(
          HttpStatus.FORBIDDEN, "the client of the engine stays silent: it would log secrets");
    }
    String wanted = String.valueOf(body.get("configuredLevel")).toUpperCase(Locale.ROOT);
    LogLevel level;
    try {
      level = LogLevel.valueOf(wanted);
    } catch (IllegalArgumentException e) {
      return Problems.of(
          HttpStatus.BAD_REQUEST, "configuredLevel is one of TRACE, DEBUG, INFO, WARN, ERROR, OFF");
    }
    if (logging.isEmpty()) {
      return Problems.of(HttpStatus.SERVICE_UNAVAILABLE, "the logging system has no levels to set");
    }
    // Kafka's broker brings a second one when it runs in the same process.
    logging.forEach(system -> system.setLogLevel(name, level));
    return HttpResponse.ok(Map.of("name", name, "configuredLevel", level.name()));
  }

  private boolean isAllowed(@Nullable String authorization) {
    String token = http.token();
    return token != null
        && authorization != null
        && authorization.startsWith(BEARER)
        && MessageDigest.isEqual(
            authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8),
            token.getBytes(StandardCharsets.UTF_8));
  }
}
