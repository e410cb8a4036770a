package io.tallyman.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The recorded engines in the test resources. */
enum Recordings {
  DOCKER_20_10("engine-20.10-cgroup1"),
  DOCKER_26_1("engine-26.1-cgroup2-systemd"),
  DOCKER_28_5("engine-28.5-cgroup1");

  private final String folder;

  Recordings(String folder) {
    this.folder = folder;
  }

  Path directory() {
    try {
      return Path.of(
          Objects.requireNonNull(Recordings.class.getResource("recordings/" + folder)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonNode inspectIdle() {
    return json(this == DOCKER_26_1 ? "containers/idle/inspect.json" : "inspect/idle.json");
  }

  JsonNode inspectWithHealth() {
    return json(this == DOCKER_26_1 ? "containers/health/inspect.json" : "inspect/health_ok.json");
  }

  JsonNode oneShotIdle() {
    return json(
        this == DOCKER_26_1 ? "containers/idle/stats-oneshot-1.json" : "stats/idle.oneshot-1.json");
  }

  JsonNode twoReadingsIdle() {
    return json(
        this == DOCKER_26_1 ? "containers/idle/stats-nostream.json" : "stats/idle.nostream.json");
  }

  JsonNode listRowIdle() {
    for (JsonNode row : json("containers-running.json")) {
      if (row.at("/Names/0").asText().equals("/idle")) {
        return row;
      }
    }
    throw new IllegalStateException("idle is not in the list");
  }

  JsonNode stopped() {
    return parse(text("stats-stopped.http").lines().reduce("", (first, line) -> line));
  }

  JsonNode json(String file) {
    return parse(text(file));
  }

  String text(String file) {
    try {
      return Files.readString(directory().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return EngineClient.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
