package io.tallyman.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallyman.simulator.http.Distortion;
import io.tallyman.simulator.http.HttpExchange;
import io.tallyman.simulator.http.HttpHandler;
import io.tallyman.simulator.http.HttpRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Docker Engine's HTTP API: finds out what is asked, and answers as the engine does. */
final class DockerApi implements HttpHandler {

  private static final String FIRST_JSON_ERROR_VERSION = "1.24";
  private static final Pattern VERSIONED = Pattern.compile("/v(\\d+\\.\\d+)(/.*)");
  private static final Pattern CONTAINER = Pattern.compile("/containers/([^/]+)(?:/([a-z]+))?");
  private static final byte[] PROXY_REFUSAL =
      "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"
          .getBytes(StandardCharsets.UTF_8);

  private final Daemon daemon;
  private final Answers answers;
  private final ContainerCommands commands;
  private final StreamingPaths streaming;
  private final CallCounts calls;
  private final Faults faults;
  private final EngineProfile profile;

  DockerApi(Daemon daemon, Answers answers, CallCounts calls, Faults faults) {
    this.daemon = daemon;
    this.answers = answers;
    this.calls = calls;
    this.faults = faults;
    this.profile = daemon.config().profile();
    this.commands = new ContainerCommands(daemon);
    this.streaming = new StreamingPaths(daemon, answers);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    HttpRequest request = exchange.request();
    String path = request.path();
    String version = profile.apiVersion();
    Matcher versioned = VERSIONED.matcher(path);
    if (versioned.matches()) {
      version = versioned.group(1);
      path = versioned.group(2);
    }
    Call call = classify(request, path);
    Matcher container = CONTAINER.matcher(path);
    String reference = call != Call.LIST && container.matches() ? container.group(1) : "";
    String id = idOrEmpty(call, reference);
    calls.add(call, id);
    if (faults.isForbidden(call)) {
      exchange.respond(403, Map.of("Content-Type", "text/html"), PROXY_REFUSAL);
      return;
    }
    Duration delay = faults.delayOf(call, id);
    if (!delay.isZero() && exchange.closedWithin(delay)) {
      return;
    }
    Integer failure = faults.failureOf(call);
    if (failure != null) {
      respondJson(exchange, failure, message("failed on purpose"));
      return;
    }
    disturb(exchange, call);
    daemon.advance();
    if (!refuseVersion(exchange, version)) {
      answer(exchange, call, path, reference, version);
    }
  }

  private void disturb(HttpExchange exchange, Call call) {
    Distortion distortion = faults.distortionOf(call);
    if (distortion != null) {
      exchange.distort(distortion);
    }
    Duration life = faults.lifeOf(call);
    if (life != null) {
      exchange.cutAfter(life);
    }
  }

  private void answer(
      HttpExchange exchange, Call call, String path, String reference, String version)
      throws IOException {
    HttpRequest request = exchange.request();
    try {
      switch (call) {
        case PING -> ping(exchange);
        case VERSION -> respondJson(exchange, 200, answers.version());
        case INFO -> respondJson(exchange, 200, answers.info());
        case EVENTS -> streaming.events(exchange, headers(true), version);
        case LIST -> list(exchange);
        case INSPECT -> respondJson(exchange, 200, answers.inspect(reference));
        case STATS_ONE_SHOT, STATS_TWO_READINGS, STATS_STREAM ->
            streaming.stats(exchange, headers(true), call, reference);
        case CREATE -> respond(exchange, commands.create(request));
        case CHANGE -> change(exchange, path, reference);
        case OTHER -> notFound(exchange);
      }
    } catch (DockerError e) {
      respondJson(exchange, e.status(), message(e.text()));
    }
  }

  private static Call classify(HttpRequest request, String path) {
    boolean get = request.method().equals("GET") || request.method().equals("HEAD");
    Matcher container = CONTAINER.matcher(path);
    return switch (path) {
      case "/_ping" -> get ? Call.PING : Call.OTHER;
      case "/version" -> get ? Call.VERSION : Call.OTHER;
      case "/info" -> get ? Call.INFO : Call.OTHER;
      case "/events" -> get ? Call.EVENTS : Call.OTHER;
      case "/containers/json" -> get ? Call.LIST : Call.OTHER;
      case "/containers/create" -> get ? Call.OTHER : Call.CREATE;
      case "/images/create" -> get ? Call.OTHER : Call.CHANGE;
      default -> container.matches() ? classifyContainer(request, get, container) : Call.OTHER;
    };
  }

  private static Call classifyContainer(HttpRequest request, boolean get, Matcher container) {
    String verb = container.group(2);
    if (!get) {
      return Call.CHANGE;
    } else if ("json".equals(verb)) {
      return Call.INSPECT;
    } else if (!"stats".equals(verb)) {
      return Call.OTHER;
    }
    boolean stream = !request.query().containsKey("stream") || request.flag("stream");
    if (stream) {
      return Call.STATS_STREAM;
    }
    return request.flag("one-shot") ? Call.STATS_ONE_SHOT : Call.STATS_TWO_READINGS;
  }

  private String idOrEmpty(Call call, String reference) {
    if (reference.isEmpty() || (call != Call.INSPECT && !call.isStats())) {
      return "";
    }
    try {
      return answers.idOf(reference);
    } catch (DockerError e) {
      return "";
    }
  }

  private void ping(HttpExchange exchange) throws IOException {
    Map<String, String> headers = headers(false);
    headers.put("Cache-Control", "no-cache, no-store, must-revalidate");
    headers.put("Pragma", "no-cache");
    headers.put("Content-Type", "text/plain; charset=utf-8");
    if (!profile.bodies().equals("20.10")) {
      headers.put("Builder-Version", "2");
      headers.put("Swarm", "inactive");
    }
    boolean head = exchange.request().method().equals("HEAD");
    byte[] body = "OK".getBytes(StandardCharsets.UTF_8);
    exchange.respond(200, headers, head ? new byte[0] : body);
  }

  private void list(HttpExchange exchange) throws IOException {
    HttpRequest request = exchange.request();
    String limit = request.parameter("limit");
    Filters filters = Filters.parse(request.parameter("filters"), profile);
    int rows = limit == null ? 0 : Math.max(0, Integer.parseInt(limit));
    respondJson(exchange, 200, answers.list(request.flag("all"), rows, filters));
  }

  private void change(HttpExchange exchange, String path, String reference) throws IOException {
    HttpRequest request = exchange.request();
    if (path.equals("/images/create")) {
      respond(exchange, commands.importImage(request));
      return;
    }
    String verb = path.substring(path.lastIndexOf('/') + 1);
    ContainerCommands.Outcome outcome =
        request.method().equals("DELETE") && verb.equals(reference)
            ? commands.remove(reference, request)
            : commands.change(reference, verb, request);
    if (outcome == null) {
      notFound(exchange);
    } else {
      respond(exchange, outcome);
    }
  }

  /** Answers a version that is out of range; returns false when it is fine. */
  private boolean refuseVersion(HttpExchange exchange, String version) throws IOException {
    Map<String, String> headers = headers(false);
    headers.remove("Docker-Experimental");
    if (EngineProfile.compareApiVersions(version, profile.apiVersion()) > 0) {
      headers.put("Content-Type", "application/json");
      String text =
          "client version %s is too new. Maximum supported API version is %s"
              .formatted(version, profile.apiVersion());
      exchange.respond(400, headers, message(text));
      return true;
    }
    if (EngineProfile.compareApiVersions(version, profile.minApiVersion()) >= 0) {
      return false;
    }
    String text =
        "client version %s is too old. Minimum supported API version is %s, please upgrade your client to a newer version"
            .formatted(version, profile.minApiVersion());
    if (EngineProfile.compareApiVersions(version, FIRST_JSON_ERROR_VERSION) < 0) {
      headers.put("Content-Type", "text/plain; charset=utf-8");
      headers.put("X-Content-Type-Options", "nosniff");
      exchange.respond(400, headers, (text + "\n").getBytes(StandardCharsets.UTF_8));
    } else {
      headers.put("Content-Type", "application/json");
      exchange.respond(400, headers, message(text));
    }
    return true;
  }

  private void respond(HttpExchange exchange, ContainerCommands.Outcome outcome)
      throws IOException {
    byte[] body = outcome.body().getBytes(StandardCharsets.UTF_8);
    exchange.respond(outcome.status(), headers(body.length > 0), body);
  }

  private void respondJson(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.respond(status, headers(true), body);
  }

  private void notFound(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("Date", date());
    exchange.respond(404, headers, message("page not found"));
  }

  private Map<String, String> headers(boolean json) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Api-Version", profile.apiVersion());
    if (json) {
      headers.put("Content-Type", "application/json");
    }
    headers.put("Docker-Experimental", "false");
    headers.put("Ostype", "linux");
    headers.put("Server", "Docker/" + profile.engineVersion() + " (linux)");
    headers.put("Date", date());
    return headers;
  }

  private String date() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        daemon.config().clock().instant().atOffset(ZoneOffset.UTC));
  }

  private static byte[] message(@Nullable String text) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("message", text);
    return Templates.bytes(body);
  }
}
