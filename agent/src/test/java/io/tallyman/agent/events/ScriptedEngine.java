package io.tallyman.agent.events;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.ContainerSummary;
import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.engine.EngineException;
import io.tallyman.agent.engine.EventQuery;
import io.tallyman.agent.engine.EventStream;
import io.tallyman.agent.engine.UnaskedEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An engine whose containers and memory of events the test writes down; used by one thread. */
final class ScriptedEngine extends UnaskedEngine {

  final Map<String, ContainerDetails> containers = new LinkedHashMap<>();
  final List<EngineEvent> ring = new ArrayList<>();

  /** Of other kinds: what remembers them has no room for lifecycle events. */
  final List<EngineEvent> noise = new ArrayList<>();

  Runnable whileListing = () -> {};
  boolean inspectForbidden;
  boolean listBroken;
  boolean tagsMoved;
  int inspects;

  void put(ContainerDetails details) {
    containers.put(details.id(), details);
  }

  @Override
  public List<ContainerSummary> list() {
    if (listBroken) {
      throw new EngineException.Unreachable("no answer", null);
    }
    List<ContainerSummary> rows =
        containers.values().stream()
            .map(d ->
                new ContainerSummary(
                    d.id(),
                    d.name(),
                    tagsMoved ? Objects.requireNonNull(d.imageId()) : d.image(),
                    d.imageId(),
                    d.createdAt(),
                    d.status(),
                    d.labels(),
                    d.networkMode()))
            .toList();
    whileListing.run();
    return rows;
  }

  @Override
  public ContainerDetails inspect(String containerId, Duration timeout) {
    inspects++;
    if (inspectForbidden) {
      throw new EngineException.Forbidden("403", null);
    }
    ContainerDetails details = containers.get(containerId);
    if (details == null) {
      throw new EngineException.NotFound("404");
    }
    return details;
  }

  @Override
  public EventStream events(EventQuery query) {
    Long since = query.sinceNanos();
    Long until = query.untilNanos();
    Iterator<EngineEvent> events =
        Stream.concat(ring.stream(), query.lifecycleOnly() ? Stream.empty() : noise.stream())
            .filter(e -> since == null || e.timeNanos() >= since)
            .filter(e -> until == null || e.timeNanos() <= until)
            .toList()
            .iterator();
    return new EventStream() {
      @Override
      public @Nullable EngineEvent next() {
        return events.hasNext() ? events.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  /** Says what inspect shows of a container; starts from one that was only created. */
  static final class Container {
    private final String id;
    private final Instant createdAt;
    private Map<String, String> labels = Map.of();
    private String name;
    private String status = "created";
    private int exitCode;
    private boolean oomKilled;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;

    Container(String id, Instant createdAt) {
      this.id = id;
      this.name = "name-of-" + id;
      this.createdAt = createdAt;
    }

    Container labels(Map<String, String> newLabels) {
      labels = newLabels;
      return this;
    }

    Container name(String newName) {
      name = newName;
      return this;
    }

    Container running(Instant since) {
      status = "running";
      startedAt = since;
      exitCode = 0;
      return this;
    }

    Container exited(Instant at, int code) {
      status = "exited";
      finishedAt = at;
      exitCode = code;
      return this;
    }

    ContainerDetails details() {
      return new ContainerDetails(
          id,
          name,
          "busybox",
          "sha256:1",
          createdAt,
          labels,
          status,
          status.equals("running") ? 42L : null,
          exitCode,
          oomKilled,
          startedAt,
          finishedAt,
          0,
          null,
          null,
          "bridge",
          null,
          null,
          null);
    }
  }
}
