package io.tallyman.query.openapi;

import io.tallyman.query.openapi.Operation.Answer;
import io.tallyman.v1.Action;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** All that the service answers, with the parameters that each path knows. */
final class Operations {

  private static final String FLEET = "Fleet";
  private static final String HISTORY = "What happened";
  private static final String USE = "Who uses how much";
  private static final String LIVE = "Live";
  private static final String COMPATIBLE = "As other programs know it";
  private static final String SERVICE = "Service";

  private static final Param ID =
      Param.path("id", "Full id, unique prefix of 12 or more, or name of a container.");
  private static final Param HOST = Param.text("host", "Id or name of a host.");
  private static final Param CONTAINER =
      Param.text("container", "Full id, prefix of 12 or more, or name of a container.");
  private static final Param PROJECT = Param.text("project", "Compose project or Swarm stack.");
  private static final Param FROM =
      Param.text("from", "Begin, inclusive: ISO-8601 with its zone, or back from now as in -12h.");
  private static final Param TO =
      Param.text("to", "End, exclusive: as `from`; now when it is absent.");
  private static final Param ACTION =
      Param.text(
          "action",
          "Some of "
              + Arrays.stream(Action.values()).map(Action::name).collect(Collectors.joining(", "))
              + ", separated by commas.");
  private static final Param LIMIT = Param.limit(100, 1000);
  private static final Param CURSOR =
      Param.text("cursor", "The page after the one that gave this as nextCursor.");

  static final List<Operation> ALL =
      List.of(
          Operation.get(
              "/api/v1/hosts",
              "hosts",
              FLEET,
              "Hosts, by name",
              Answer.list("Host"),
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/hosts/{hostId}",
              "host",
              FLEET,
              "One host",
              Answer.one("Host"),
              Param.path("hostId", "Id or unique name of a host.")),
          Operation.get(
              "/api/v1/containers",
              "containers",
              FLEET,
              "Containers with their latest reading",
              Answer.list("Container"),
              HOST,
              Param.text(
                  "state",
                  "running (also paused, the default), all, or some of the engine's states."),
              Param.text("name", "Pattern with * and ?."),
              Param.text("image", "Pattern with * and ?."),
              Param.text("label", "KEY=VALUE, or KEY for any value; can be given several times."),
              PROJECT,
              Param.choice(
                  "sort",
                  "Order; a dash in front, as in -cpu, reverses it.",
                  "name",
                  "name",
                  "host",
                  "cpu",
                  "memory",
                  "created",
                  "started",
                  "-name",
                  "-host",
                  "-cpu",
                  "-memory",
                  "-created",
                  "-started"),
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/containers/{id}",
              "container",
              FLEET,
              "One container with its latest reading",
              Answer.one("Container"),
              ID,
              HOST),
          Operation.get(
              "/api/v1/containers/{id}/stats",
              "containerStats",
              HISTORY,
              "Readings of one container over a range of up to 24 hours",
              Answer.one("Series"),
              ID,
              FROM,
              TO,
              Param.text("step", "raw, or whole minutes from 1m to 24h; chosen when absent."),
              HOST),
          Operation.get(
              "/api/v1/containers/{id}/events",
              "containerEvents",
              HISTORY,
              "Events of one container, newest first",
              Answer.list("ContainerEvent"),
              ID,
              FROM,
              TO,
              ACTION,
              HOST,
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/events",
              "events",
              HISTORY,
              "Events, newest first",
              Answer.list("ContainerEvent"),
              FROM,
              TO,
              ACTION,
              HOST,
              CONTAINER,
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/gaps",
              "gaps",
              HISTORY,
              "Holes in what agents could see or keep, newest first",
              Answer.list("Gap"),
              FROM,
              TO,
              HOST,
              Param.choice("stream", "Of which stream.", null, "EVENTS", "STATS"),
              Param.text("reason", "Some of the reasons, separated by commas."),
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/alerts",
              "alerts",
              HISTORY,
              "Episodes in which a container was above a limit that its labels set, newest first",
              Answer.list("Alert"),
              FROM,
              TO,
              HOST,
              CONTAINER,
              Param.choice("resource", "Of which resource.", null, "CPU", "MEMORY"),
              Param.choice("active", "Whether it still is above.", null, "true", "false"),
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/totals",
              "totals",
              USE,
              "Sums by group: now, or used over a range",
              Answer.list("Total"),
              Param.text("by", "none (the default), host, project, image or label:KEY."),
              FROM,
              TO,
              HOST,
              PROJECT,
              LIMIT,
              CURSOR),
          Operation.get(
              "/api/v1/top",
              "top",
              USE,
              "Containers that use the most: now, or over a range",
              Answer.list("Used"),
              Param.choice("by", "Of what.", "cpu", "cpu", "memory", "network", "blockio"),
              FROM,
              TO,
              HOST,
              PROJECT,
              Param.limit(10, 100)),
          Operation.get(
              "/api/v1/stream",
              "stream",
              LIVE,
              "Server-sent events: readings once a second, the rest at once",
              Answer.any("text/event-stream"),
              Param.text("types", "Some of stats, events, gaps and alerts; all when it is absent."),
              HOST,
              CONTAINER,
              Param.header("Last-Event-ID", "The last id that was heard, from any instance.")),
          Operation.get(
              "/stats",
              "statspout",
              COMPATIBLE,
              "Latest readings, as Statspout gives them",
              Answer.any("application/json")),
          Operation.get(
              "/engines/stats/all",
              "enginesStatsAll",
              COMPATIBLE,
              "Latest readings by container id, as the orchestrator gives them",
              Answer.any("application/json")),
          Operation.get(
              "/engines/stats/total",
              "enginesStatsTotal",
              COMPATIBLE,
              "Their sums",
              Answer.any("application/json")),
          Operation.get(
              "/engines/{id}/stats",
              "engineStats",
              COMPATIBLE,
              "The latest reading of one container",
              Answer.any("application/json"),
              ID),
          Operation.get(
              "/subjects",
              "subjects",
              COMPATIBLE,
              "Subjects of the schemas, as a schema registry gives them",
              Answer.any("application/vnd.schemaregistry.v1+json")),
          Operation.get(
              "/subjects/{subject}/versions",
              "subjectVersions",
              COMPATIBLE,
              "Versions of a subject",
              Answer.any("application/vnd.schemaregistry.v1+json"),
              Param.path("subject", "A topic's name with -value behind it.")),
          Operation.get(
              "/subjects/{subject}/versions/{version}",
              "subjectVersion",
              COMPATIBLE,
              "One version of a subject",
              Answer.any("application/vnd.schemaregistry.v1+json"),
              Param.path("subject", "A topic's name with -value behind it."),
              Param.path("version", "A number, or latest.")),
          Operation.get(
              "/schemas/ids/{id}",
              "schema",
              COMPATIBLE,
              "A schema by its id",
              Answer.any("application/vnd.schemaregistry.v1+json"),
              Param.path("id", "As it stands in front of a record's value.")),
          Operation.get(
              "/api/v1/service",
              "service",
              SERVICE,
              "What the service says of itself",
              Answer.one("Service")),
          Operation.get(
              "/health/liveness",
              "liveness",
              SERVICE,
              "Whether it lives",
              Answer.any("application/json")),
          Operation.get(
              "/health/readiness",
              "readiness",
              SERVICE,
              "Whether it answers from state; 503 while it does not",
              Answer.any("application/json")),
          Operation.get("/metrics", "metrics", SERVICE, "Its metrics", Answer.any("text/plain")));

  private Operations() {}
}
