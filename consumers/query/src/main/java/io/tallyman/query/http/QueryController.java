package io.tallyman.query.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.view.BadParameterException;
import io.tallyman.query.view.ContainerQuery;
import io.tallyman.query.view.ContainerSort;
import io.tallyman.query.view.Containers;
import io.tallyman.query.view.Hosts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hosts and containers as they are now: see API.md. */
@Controller("/api/v1")
@ExecuteOn(TaskExecutors.BLOCKING)
final class QueryController {

  private static final String DEFAULT_STATE = "running";
  private static final String ALL_STATES = "all";
  private static final Set<String> STATES =
      Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");

  private final Hosts hosts;
  private final Containers containers;

  QueryController(Hosts hosts, Containers containers) {
    this.hosts = hosts;
    this.containers = containers;
  }

  @Get("/hosts")
  HttpResponse<byte[]> hosts(HttpRequest<?> request) {
    Parameters given = Parameters.of(request, "limit", "cursor");
    return Json.page(hosts.list(given.limit(), given.cursor()), Views::host);
  }

  @Get("/hosts/{hostId}")
  HttpResponse<byte[]> host(HttpRequest<?> request, String hostId) {
    Parameters.of(request);
    return Json.ok(json -> Views.host(hosts.find(hostId), json));
  }

  @Get("/containers")
  HttpResponse<byte[]> containers(HttpRequest<?> request) {
    Parameters given =
        Parameters.of(
            request, "host", "state", "name", "image", "label", "project", "sort", "limit",
            "cursor");
    String sort = given.text("sort");
    boolean descending = sort != null && sort.startsWith("-");
    ContainerQuery query =
        new ContainerQuery(
            given.text("host"),
            states(given),
            given.text("name"),
            given.text("image"),
            labels(given),
            given.text("project"),
            sort(sort == null || !descending ? sort : sort.substring(1)),
            descending,
            given.limit(),
            given.cursor());
    return Json.page(containers.list(query), Views::container);
  }

  @Get("/containers/{id}")
  HttpResponse<byte[]> container(HttpRequest<?> request, String id) {
    Parameters given = Parameters.of(request, "host");
    return Json.ok(json -> Views.container(containers.find(id, given.text("host")), json));
  }

  private static Set<String> states(Parameters given) {
    List<String> listed = given.listed("state");
    if (listed.isEmpty() || listed.equals(List.of(DEFAULT_STATE))) {
      return Set.of("running", "paused");
    }
    if (listed.contains(ALL_STATES)) {
      return Set.of();
    }
    if (!STATES.containsAll(listed)) {
      throw new BadParameterException(
          "state", "is all, or some of " + String.join(", ", STATES.stream().sorted().toList()));
    }
    return Set.copyOf(listed);
  }

  private static Map<String, String> labels(Parameters given) {
    Map<String, String> labels = new HashMap<>();
    for (String label : given.repeated("label")) {
      int equals = label.indexOf('=');
      String key = equals < 0 ? label : label.substring(0, equals);
      if (key.isEmpty()) {
        throw new BadParameterException("label", "is KEY=VALUE, or KEY for any value");
      }
      labels.put(key, equals < 0 ? "" : label.substring(equals + 1));
    }
    return labels;
  }

  private static ContainerSort sort(@Nullable String name) {
    if (name == null) {
      return ContainerSort.NAME;
    }
    return ContainerSort.named(name)
        .orElseThrow(() ->
            new BadParameterException(
                "sort", "is one of " + ContainerSort.names() + ", with a dash for the reverse"));
  }
}
