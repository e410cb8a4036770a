package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows of {@code GET /containers/json} and the bodies of {@code GET
 * /containers/{id}/json} into values. Environment, command lines and mounts are skipped.
 */
final class ContainerParser {

  private ContainerParser() {}

  /** Reads the array that the parser is at. */
  static List<ContainerSummary> list(JsonParser parser) throws IOException {
    List<ContainerSummary> containers = new ArrayList<>();
    Json.array(
        parser,
        element -> {
          SummaryFields row = new SummaryFields();
          Json.object(element, row::field);
          containers.add(row.summary());
        });
    return List.copyOf(containers);
  }

  /** Reads the object that the parser is at. */
  static ContainerDetails details(JsonParser parser) throws IOException {
    DetailFields body = new DetailFields();
    Json.object(parser, body::field);
    return body.details();
  }

  private static String withoutSlash(String name) {
    return name.startsWith("/") ? name.substring(1) : name;
  }

  private static final class SummaryFields {
    private String id = "";
    private @Nullable String name;
    private String image = "";
    private @Nullable String imageId;
    private Instant createdAt = Instant.EPOCH;
    private String state = "";
    private Map<String, String> labels = Map.of();
    private @Nullable String networkMode;

    private void field(String field, JsonParser value) throws IOException {
      switch (field) {
        case "Id" -> id = Json.textOrEmpty(value);
        case "Names" -> Json.array(value, this::name);
        case "Image" -> image = Json.textOrEmpty(value);
        case "ImageID" -> imageId = Json.text(value);
        case "Created" -> {
          Long seconds = Json.number(value);
          createdAt = seconds == null ? Instant.EPOCH : Instant.ofEpochSecond(seconds);
        }
        case "State" -> state = Json.textOrEmpty(value);
        case "Labels" -> labels = Json.texts(value);
        case "HostConfig" ->
            Json.object(
                value,
                (key, at) -> {
                  if (key.equals("NetworkMode")) {
                    networkMode = Json.text(at);
                  }
                });
        default -> {}
      }
    }

    /** A name with a second slash is that of a legacy link from another container. */
    private void name(JsonParser element) throws IOException {
      String candidate = withoutSlash(Json.textOrEmpty(element));
      if (name == null || (name.contains("/") && !candidate.contains("/"))) {
        name = candidate;
      }
    }

    private ContainerSummary summary() {
      return new ContainerSummary(
          id, name == null ? "" : name, image, imageId, createdAt, state, labels, networkMode);
    }
  }

  private static final class DetailFields {
    private static final double NANOS_PER_CPU = 1e9;
    private static final double DEFAULT_PERIOD_MICROS = 100_000;

    private String id = "";
    private String name = "";
    private String image = "";
    private @Nullable String imageId;
    private Instant createdAt = Instant.EPOCH;
    private Map<String, String> labels = Map.of();
    private String status = "";
    private @Nullable Long pid;
    private int exitCode;
    private boolean oomKilled;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private int restartCount;
    private @Nullable String health;
    private @Nullable Integer failingStreak;
    private @Nullable String networkMode;
    private @Nullable Long nanoCpus;
    private @Nullable Long cpuQuota;
    private @Nullable Long cpuPeriod;
    private @Nullable Long memory;
    private @Nullable Long pidsLimit;

    private void field(String field, JsonParser value) throws IOException {
      switch (field) {
        case "Id" -> id = Json.textOrEmpty(value);
        case "Name" -> name = withoutSlash(Json.textOrEmpty(value));
        case "Image" -> imageId = Json.text(value);
        case "Created" -> {
          Instant time = Json.time(value);
          createdAt = time == null ? Instant.EPOCH : time;
        }
        case "RestartCount" -> restartCount = orZero(Json.integer(value));
        case "Config" -> Json.object(value, this::configField);
        case "State" -> Json.object(value, this::stateField);
        case "HostConfig" -> Json.object(value, this::hostConfigField);
        default -> {}
      }
    }

    private void configField(String field, JsonParser value) throws IOException {
      switch (field) {
        case "Image" -> image = Json.textOrEmpty(value);
        case "Labels" -> labels = Json.texts(value);
        default -> {}
      }
    }

    private void stateField(String field, JsonParser value) throws IOException {
      switch (field) {
        case "Status" -> status = Json.textOrEmpty(value);
        case "Pid" -> pid = positive(Json.number(value));
        case "ExitCode" -> exitCode = orZero(Json.integer(value));
        case "OOMKilled" -> oomKilled = Json.isTrue(value);
        case "StartedAt" -> startedAt = Json.time(value);
        case "FinishedAt" -> finishedAt = Json.time(value);
        case "Health" -> Json.object(value, this::healthField);
        default -> {}
      }
    }

    private void healthField(String field, JsonParser value) throws IOException {
      switch (field) {
        case "Status" -> health = Json.text(value);
        case "FailingStreak" -> failingStreak = Json.integer(value);
        default -> {}
      }
    }

    private void hostConfigField(String field, JsonParser value) throws IOException {
      switch (field) {
        case "NetworkMode" -> networkMode = Json.text(value);
        case "NanoCpus" -> nanoCpus = positive(Json.number(value));
        case "CpuQuota" -> cpuQuota = positive(Json.number(value));
        case "CpuPeriod" -> cpuPeriod = positive(Json.number(value));
        case "Memory" -> memory = positive(Json.number(value));
        case "PidsLimit" -> pidsLimit = positive(Json.number(value));
        default -> {}
      }
    }

    private ContainerDetails details() {
      boolean checked = health != null && !health.equals("none") && !health.isEmpty();
      return new ContainerDetails(
          id,
          name,
          image,
          imageId,
          createdAt,
          labels,
          status,
          pid,
          exitCode,
          oomKilled,
          startedAt,
          finishedAt,
          restartCount,
          checked ? health : null,
          checked ? failingStreak : null,
          networkMode,
          cpuLimit(),
          memory,
          pidsLimit);
    }

    private @Nullable Double cpuLimit() {
      if (nanoCpus != null) {
        return nanoCpus / NANOS_PER_CPU;
      }
      if (cpuQuota == null) {
        return null;
      }
      return cpuQuota / (cpuPeriod == null ? DEFAULT_PERIOD_MICROS : (double) cpuPeriod);
    }

    private static int orZero(@Nullable Integer number) {
      return number == null ? 0 : number;
    }

    private static @Nullable Long positive(@Nullable Long number) {
      return number == null || number <= 0 ? null : number;
    }
  }
}
