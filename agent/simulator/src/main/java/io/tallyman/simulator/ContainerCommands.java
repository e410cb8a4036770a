package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallyman.simulator.http.HttpRequest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The API's paths that change containers: just enough to drive any engine by the same calls. */
final class ContainerCommands {

  /**
   * What came of a command.
   *
   * @param body JSON; empty for none
   */
  record Outcome(int status, String body) {
    static Outcome of(boolean changed) {
      return new Outcome(changed ? 204 : 304, "");
    }
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final Map<String, Integer> SIGNALS =
      Map.of("HUP", 1, "INT", 2, "QUIT", 3, "KILL", 9, "USR1", 10, "USR2", 12, "TERM", 15);

  private final Daemon daemon;
  private final AtomicInteger unnamed = new AtomicInteger();

  ContainerCommands(Daemon daemon) {
    this.daemon = daemon;
  }

  Outcome create(HttpRequest request) {
    JsonNode body = readBody(request);
    String name = request.parameter("name");
    ContainerSpec spec = specOf(name == null ? "unnamed_" + unnamed.incrementAndGet() : name, body);
    ObjectNode answer = MAPPER.createObjectNode();
    answer.put("Id", daemon.create(spec));
    answer.putArray("Warnings");
    return new Outcome(201, Templates.text(answer));
  }

  /** Does what {@code POST /containers/REFERENCE/VERB} asks; null for an unknown verb. */
  @Nullable Outcome change(String reference, String verb, HttpRequest request) {
    return switch (verb) {
      case "start" -> Outcome.of(daemon.start(reference));
      case "stop" -> Outcome.of(daemon.stop(reference, null));
      case "restart" -> done(() -> daemon.restart(reference, null));
      case "kill" -> done(() -> kill(reference, signal(request.parameter("signal"))));
      case "pause" -> done(() -> daemon.pause(reference));
      case "unpause" -> done(() -> daemon.unpause(reference));
      case "rename" -> done(() -> rename(reference, request.parameter("name")));
      case "update" -> update(reference, request);
      default -> null;
    };
  }

  Outcome remove(String reference, HttpRequest request) {
    return done(() -> daemon.remove(reference, request.flag("force")));
  }

  /** Pretends to import an image: every image is there already. */
  Outcome importImage(HttpRequest request) {
    String image = request.query().getOrDefault("repo", "none");
    String id = "sha256:" + NetworkIds.of(image + HexFormat.of().formatHex(new byte[] {1}));
    daemon.publish("image", "import", id, Map.of("name", id));
    ObjectNode answer = MAPPER.createObjectNode();
    answer.put("status", id);
    return new Outcome(200, Templates.text(answer));
  }

  private void kill(String reference, int signal) {
    daemon.kill(reference, signal, signal == 9 ? 137 : null);
  }

  private void rename(String reference, @Nullable String name) {
    if (name == null) {
      throw new DockerError(400, "Neither old nor new names may be empty");
    }
    daemon.rename(reference, name);
  }

  private static Outcome done(Runnable command) {
    command.run();
    return Outcome.of(true);
  }

  private Outcome update(String reference, HttpRequest request) {
    JsonNode body = readBody(request);
    daemon.update(reference, cpus(body), positive(body, "Memory"), positive(body, "PidsLimit"));
    return new Outcome(200, "{\"Warnings\":null}\n");
  }

  private static ContainerSpec specOf(String name, JsonNode body) {
    JsonNode host = body.path("HostConfig");
    List<String> command = new ArrayList<>();
    body.path("Cmd").forEach(word -> command.add(word.asText()));
    String network = host.path("NetworkMode").asText("");
    ContainerSpec.Builder spec =
        ContainerSpec.named(name)
            .image(body.path("Image").asText())
            .command(command.toArray(String[]::new))
            .networkMode(network.isEmpty() ? "default" : network)
            .cpuLimit(cpus(host))
            .memoryLimitBytes(positive(host, "Memory"))
            .pidsLimit(positive(host, "PidsLimit"))
            .restartPolicy(host.at("/RestartPolicy/Name").asText("no"))
            .autoRemove(host.path("AutoRemove").asBoolean())
            .healthCheck(healthCheck(body.path("Healthcheck")));
    body.path("Labels").properties().forEach(e -> spec.label(e.getKey(), e.getValue().asText()));
    return spec.build();
  }

  private static ContainerSpec.@Nullable HealthCheck healthCheck(JsonNode node) {
    if (!node.isObject()) {
      return null;
    }
    String command = node.path("Test").path(1).asText();
    return new ContainerSpec.HealthCheck(
        command,
        Math.max(1, node.path("Interval").asLong() / NANOS_PER_MILLI),
        Math.max(1, node.path("Retries").asInt(3)),
        !command.equals("false"));
  }

  private static @Nullable Double cpus(JsonNode host) {
    Long nanoCpus = positive(host, "NanoCpus");
    return nanoCpus == null ? null : nanoCpus / 1e9;
  }

  private static @Nullable Long positive(JsonNode node, String field) {
    long value = node.path(field).asLong();
    return value > 0 ? value : null;
  }

  private static int signal(@Nullable String text) {
    if (text == null) {
      return 9;
    }
    String name = text.toUpperCase(Locale.ROOT);
    Integer known = SIGNALS.get(name.startsWith("SIG") ? name.substring(3) : name);
    if (known != null) {
      return known;
    }
    try {
      return Integer.parseInt(name);
    } catch (NumberFormatException e) {
      throw new DockerError(400, "Invalid signal: " + text);
    }
  }

  private static JsonNode readBody(HttpRequest request) {
    try {
      return MAPPER.readTree(request.body());
    } catch (JsonProcessingException e) {
      throw new DockerError(400, "invalid JSON: " + e.getOriginalMessage());
    }
  }
}
