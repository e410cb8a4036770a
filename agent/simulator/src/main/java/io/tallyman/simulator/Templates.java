package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of version, info, list and inspect: a real engine's, with the simulation's values written
 * over it, so that every key that a real engine sends is there.
 */
final class Templates {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String YEAR_ONE = "0001-01-01T00:00:00Z";
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final SimulatorConfig config;
  private final ObjectNode version;
  private final ObjectNode info;
  private final ObjectNode inspect;

  Templates(SimulatorConfig config) {
    this.config = config;
    EngineProfile profile = config.profile();
    this.version = load("version", profile);
    this.info = load("info", profile);
    this.inspect = load("inspect", profile);
    fillVersion(profile);
  }

  byte[] version() {
    return bytes(version);
  }

  byte[] info(List<ContainerView> views, int listeners, long nowNanos) {
    EngineProfile profile = config.profile();
    ObjectNode body = info.deepCopy();
    int running = count(views, "running") + count(views, "restarting");
    int paused = count(views, "paused");
    body.put("ID", config.engineId());
    body.put("Name", config.hostName());
    body.put("Containers", views.size());
    body.put("ContainersRunning", running);
    body.put("ContainersPaused", paused);
    body.put("ContainersStopped", views.size() - running - paused);
    body.put("Images", (int) views.stream().map(view -> view.spec().image()).distinct().count());
    body.put("NCPU", config.cpus());
    body.put("MemTotal", config.memoryBytes());
    body.put("ServerVersion", profile.engineVersion());
    body.put("CgroupVersion", Integer.toString(profile.cgroupVersion()));
    body.put("CgroupDriver", profile.cgroupDriver());
    body.put("NEventsListener", listeners);
    body.put("SystemTime", Times.rfc3339(nowNanos));
    return bytes(body);
  }

  ArrayNode newList() {
    return MAPPER.createArrayNode();
  }

  ObjectNode listRow(ContainerView view, long nowNanos) {
    ObjectNode row = MAPPER.createObjectNode();
    row.put("Id", view.id());
    row.putArray("Names").add("/" + view.name());
    row.put("Image", view.spec().image());
    row.put("ImageID", imageId(view));
    row.put("Command", String.join(" ", view.spec().command()));
    row.put("Created", view.createdAtNanos() / NANOS_PER_SECOND);
    row.putArray("Ports");
    row.set("Labels", labels(view));
    row.put("State", view.state());
    row.put("Status", status(view, nowNanos));
    row.putObject("HostConfig").put("NetworkMode", view.spec().networkMode());
    ObjectNode networks = row.putObject("NetworkSettings").putObject("Networks");
    addEndpoint(networks, view);
    row.putArray("Mounts");
    return row;
  }

  ObjectNode inspect(ContainerView view) {
    ObjectNode body = inspect.deepCopy();
    ContainerSpec spec = view.spec();
    body.put("Id", view.id());
    body.put("Created", Times.rfc3339(view.createdAtNanos()));
    body.put("Path", spec.command().isEmpty() ? "" : spec.command().getFirst());
    ArrayNode arguments = body.putArray("Args");
    spec.command().stream().skip(1).forEach(arguments::add);
    body.set("State", state(view));
    body.put("Image", imageId(view));
    for (String path : List.of("ResolvConfPath", "HostnamePath", "HostsPath", "LogPath")) {
      body.put(path, body.path(path).asText().replaceAll("[0-9a-f]{64}", view.id()));
    }
    body.put("Name", "/" + view.name());
    body.put("RestartCount", view.restartCount());
    fillHostConfig(object(body, "HostConfig"), view);
    ObjectNode containerConfig = object(body, "Config");
    containerConfig.put("Hostname", view.id().substring(0, 12));
    ArrayNode command = containerConfig.putArray("Cmd");
    spec.command().forEach(command::add);
    if (!spec.environment().isEmpty()) {
      ArrayNode environment = containerConfig.putArray("Env");
      spec.environment().forEach(environment::add);
    }
    containerConfig.put("Image", spec.image());
    containerConfig.set("Labels", labels(view));
    ContainerSpec.HealthCheck check = spec.healthCheck();
    if (check != null) {
      ObjectNode node = containerConfig.putObject("Healthcheck");
      node.putArray("Test").add("CMD-SHELL").add(check.command());
      node.put("Interval", check.intervalMillis() * 1_000_000);
      node.put("Retries", check.retries());
    }
    fillNetworkSettings(object(body, "NetworkSettings"), view);
    return body;
  }

  static byte[] bytes(JsonNode node) {
    return text(node).getBytes(StandardCharsets.UTF_8);
  }

  static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void fillVersion(EngineProfile profile) {
    version.put("Version", profile.engineVersion());
    version.put("ApiVersion", profile.apiVersion());
    version.put("MinAPIVersion", profile.minApiVersion());
    ObjectNode engine = (ObjectNode) version.withArray("Components").get(0);
    engine.put("Version", profile.engineVersion());
    ObjectNode details = object(engine, "Details");
    details.put("ApiVersion", profile.apiVersion());
    details.put("MinAPIVersion", profile.minApiVersion());
  }

  private static ObjectNode state(ContainerView view) {
    boolean paused = view.state().equals("paused");
    boolean restarting = view.state().equals("restarting");
    ObjectNode state = MAPPER.createObjectNode();
    state.put("Status", view.state());
    state.put("Running", view.isRunning() || restarting);
    state.put("Paused", paused);
    state.put("Restarting", restarting);
    state.put("OOMKilled", view.oomKilled());
    state.put("Dead", false);
    state.put("Pid", view.pid());
    state.put("ExitCode", view.exitCode());
    state.put("Error", "");
    state.put("StartedAt", timeOrYearOne(view.startedAtNanos()));
    state.put("FinishedAt", timeOrYearOne(view.finishedAtNanos()));
    if (view.health() != null) {
      ObjectNode health = state.putObject("Health");
      health.put("Status", view.health());
      health.put("FailingStreak", view.failingStreak());
      health.putArray("Log");
    }
    return state;
  }

  private void fillHostConfig(ObjectNode hostConfig, ContainerView view) {
    hostConfig.put("NetworkMode", view.spec().networkMode());
    Double cpus = view.cpuLimit();
    Long memory = view.memoryLimitBytes();
    hostConfig.put("NanoCpus", cpus == null ? 0 : Math.round(cpus * 1e9));
    hostConfig.put("Memory", memory == null ? 0 : memory);
    hostConfig.put("MemorySwap", memory == null ? 0 : memory * 2);
    hostConfig.put("PidsLimit", view.pidsLimit());
    hostConfig.put("AutoRemove", view.spec().autoRemove());
    object(hostConfig, "RestartPolicy").put("Name", view.spec().restartPolicy());
    boolean v2 = config.profile().cgroupVersion() == 2;
    hostConfig.put("CgroupnsMode", v2 ? "private" : "host");
    hostConfig.put("OomKillDisable", v2 ? null : Boolean.FALSE);
  }

  private void fillNetworkSettings(ObjectNode settings, ContainerView view) {
    ObjectNode networks = settings.putObject("Networks");
    addEndpoint(networks, view);
    boolean onBridge = view.isRunning() && view.spec().networkMode().equals("bridge");
    settings.put("IPAddress", onBridge ? address(view) : "");
    settings.put("Gateway", onBridge ? "172.17.0.1" : "");
    settings.put("IPPrefixLen", onBridge ? 16 : 0);
    settings.put("MacAddress", onBridge ? macAddress(view) : "");
    settings.put("EndpointID", onBridge ? NetworkIds.of(view.id()) : "");
    settings.put("SandboxID", view.isRunning() ? NetworkIds.of(view.id() + "/sandbox") : "");
  }

  private void addEndpoint(ObjectNode networks, ContainerView view) {
    String network = view.spec().networkMode();
    if (network.startsWith("container:")) {
      return;
    }
    ObjectNode endpoint = (ObjectNode) inspect.at("/NetworkSettings/Networks/bridge").deepCopy();
    boolean addressed = view.isRunning() && view.hasNetwork();
    endpoint.put("NetworkID", view.isRunning() ? NetworkIds.of(network) : "");
    endpoint.put("EndpointID", view.isRunning() ? NetworkIds.of(view.id()) : "");
    endpoint.put("Gateway", addressed ? "172.17.0.1" : "");
    endpoint.put("IPAddress", addressed ? address(view) : "");
    endpoint.put("IPPrefixLen", addressed ? 16 : 0);
    endpoint.put("MacAddress", addressed ? macAddress(view) : "");
    networks.set(network.equals("default") ? "bridge" : network, endpoint);
  }

  private static String status(ContainerView view, long nowNanos) {
    String up = "Up " + Times.span(nowNanos - orZero(view.startedAtNanos()));
    String ended =
        " (" + view.exitCode() + ") " + Times.span(nowNanos - orZero(view.finishedAtNanos()));
    return switch (view.state()) {
      case "created" -> "Created";
      case "running" -> view.health() == null ? up : up + " (" + healthText(view.health()) + ")";
      case "paused" -> up + " (Paused)";
      case "restarting" -> "Restarting" + ended + " ago";
      default -> "Exited" + ended + " ago";
    };
  }

  private static String healthText(String health) {
    return health.equals("starting") ? "health: starting" : health;
  }

  private static int count(List<ContainerView> views, String state) {
    return (int) views.stream().filter(view -> view.state().equals(state)).count();
  }

  private static ObjectNode labels(ContainerView view) {
    ObjectNode labels = MAPPER.createObjectNode();
    view.spec().labels().forEach(labels::put);
    return labels;
  }

  private static String imageId(ContainerView view) {
    return "sha256:" + NetworkIds.of(view.spec().image());
  }

  private static String address(ContainerView view) {
    return "172.17." + view.address() / 256 + "." + view.address() % 256;
  }

  private static String macAddress(ContainerView view) {
    return String.format("02:42:ac:11:%02x:%02x", view.address() / 256, view.address() % 256);
  }

  private static String timeOrYearOne(@Nullable Long nanos) {
    return nanos == null ? YEAR_ONE : Times.rfc3339(nanos);
  }

  private static long orZero(@Nullable Long nanos) {
    return nanos == null ? 0 : nanos;
  }

  private static ObjectNode object(ObjectNode parent, String field) {
    return (ObjectNode) parent.required(field);
  }

  private static ObjectNode load(String kind, EngineProfile profile) {
    String name = kind + "-" + profile.bodies() + ".json";
    try (InputStream in = Templates.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no bodies for " + profile.bodies());
      }
      return (ObjectNode) MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
