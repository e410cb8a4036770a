package io.tallyman.cli.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.cli.up.Snapshot.Busy;
import io.tallyman.cli.up.Snapshot.Happening;
import io.tallyman.query.QueryAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the query service what there is, over HTTP as any other reader would: so what is shown has
 * been through Kafka. Used by one thread.
 */
final class TallyFeed implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration COUNT_EVERY = Duration.ofSeconds(5);
  private static final int TOP = 5;
  private static final int LATEST = 50;
  private static final int PAGE = 1_000;
  private static final int MAX_PAGES = 20;
  private static final Set<String> RUNNING = Set.of("running", "paused");

  private final String service;
  private final QueryAccess access;
  private final HttpClient http;
  private final ObjectMapper mapper = new ObjectMapper();
  private final SampleRate rate = new SampleRate();

  private Snapshot last = Snapshot.NOTHING_YET;
  private long countedNanos;
  private Counts counts = new Counts(0, 0);
  private boolean changedBefore;

  /** Containers that run or are paused, and those that do not. */
  private record Counts(int running, int other) {}

  /**
   * Connects to nothing yet.
   *
   * @param service address such as {@code http://127.0.0.1:8080}
   * @param access what the service asks of its readers
   */
  TallyFeed(String service, QueryAccess access) {
    this.service = service;
    this.access = access;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
    if (access.tls() != null) {
      builder.sslContext(OwnCertificate.trusted(access.tls().certificate()));
    }
    this.http = builder.build();
    this.countedNanos = System.nanoTime() - COUNT_EVERY.toNanos();
  }

  /** What there is now; what was there before, with the problem, when it cannot be told. */
  Snapshot read() {
    try {
      last = ask();
    } catch (IOException e) {
      last = withProblem("the query service does not answer: " + reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return last;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private Snapshot ask() throws IOException, InterruptedException {
    JsonNode state = get("/api/v1/service");
    if (!state.path("state").asText().equals("RUNNING")) {
      return withProblem(
          state.path("problem").asText("").isEmpty()
              ? "the query service is " + state.path("state").asText().toLowerCase(Locale.ROOT)
              : state.path("problem").asText());
    }
    JsonNode hosts = get("/api/v1/hosts?limit=" + PAGE).path("items");
    List<Happening> latest = happenings(get("/api/v1/events?limit=" + LATEST).path("items"));
    boolean changed = !latest.equals(last.latest());
    // A state follows its event, by a moment that may lie behind the first look.
    if (changed || changedBefore || System.nanoTime() - countedNanos >= COUNT_EVERY.toNanos()) {
      counts = count();
      countedNanos = System.nanoTime();
    }
    changedBefore = changed;
    List<Busy> top = busiest(get("/api/v1/containers?sort=-cpu&limit=" + TOP).path("items"));
    return summed(hosts, state, top, latest);
  }

  private Snapshot summed(JsonNode hosts, JsonNode state, List<Busy> top, List<Happening> latest) {
    long records = 0;
    long waiting = 0;
    long dropped = 0;
    int silentEngines = 0;
    for (JsonNode host : hosts) {
      // The agent leaves out what it could not ask for.
      silentEngines += host.path("containersRunning").isNumber() ? 0 : 1;
      for (JsonNode lane : host.path("lanes")) {
        waiting += lane.path("queued").asLong() + lane.path("spooled").asLong();
        dropped += lane.path("dropped").asLong();
        records += lane.path("acknowledged").asLong();
      }
    }
    return new Snapshot(
        hosts.size(),
        counts.running(),
        counts.other(),
        rate.of(hosts),
        records,
        waiting,
        dropped,
        silentEngines,
        state.path("stale").asBoolean(),
        instant(state.path("asOf")),
        top,
        latest,
        null);
  }

  private Counts count() throws IOException, InterruptedException {
    int running = 0;
    int other = 0;
    String cursor = "";
    for (int page = 0; page < MAX_PAGES; page++) {
      JsonNode list = get("/api/v1/containers?state=all&limit=" + PAGE + cursor);
      for (JsonNode item : list.path("items")) {
        if (RUNNING.contains(text(item, "state"))) {
          running++;
        } else {
          other++;
        }
      }
      if (!list.path("nextCursor").isTextual()) {
        break;
      }
      cursor = "&cursor=" + list.path("nextCursor").asText();
    }
    return new Counts(running, other);
  }

  private static List<Busy> busiest(JsonNode items) {
    List<Busy> busy = new ArrayList<>();
    for (JsonNode item : items) {
      JsonNode memory = item.path("stats").path("memory");
      JsonNode percent = item.path("stats").path("cpu").path("percent");
      busy.add(
          new Busy(
              text(item, "containerName"),
              text(item, "hostName"),
              percent.isNumber() ? percent.asDouble() : null,
              number(memory.path("usedBytes")),
              number(memory.path("limitBytes"))));
    }
    return List.copyOf(busy);
  }

  private static List<Happening> happenings(JsonNode items) {
    List<Happening> events = new ArrayList<>();
    for (JsonNode item : items) {
      Instant time = instant(item.path("time"));
      if (time != null) {
        Long exitCode = number(item.path("exitCode"));
        events.add(
            new Happening(
                text(item, "eventId"),
                time,
                text(item, "action").toLowerCase(Locale.ROOT),
                text(item, "containerName"),
                text(item, "image"),
                text(item, "hostName"),
                exitCode == null ? null : exitCode.intValue()));
      }
    }
    return List.copyOf(events);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service + path)).timeout(TIMEOUT);
    if (!access.tokens().isEmpty()) {
      request.header("Authorization", "Bearer " + access.tokens().getFirst());
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode() + " for " + path);
    }
    return mapper.readTree(response.body());
  }

  private Snapshot withProblem(String problem) {
    return new Snapshot(
        last.hosts(),
        last.running(),
        last.other(),
        null,
        last.records(),
        last.waiting(),
        last.dropped(),
        last.silentEngines(),
        true,
        last.asOf(),
        last.top(),
        last.latest(),
        problem);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  private static @Nullable Long number(JsonNode node) {
    return node.isNumber() ? node.asLong() : null;
  }

  static @Nullable Instant instant(JsonNode node) {
    try {
      return node.isTextual() ? Instant.parse(node.asText()) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
