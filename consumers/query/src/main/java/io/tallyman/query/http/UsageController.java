package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.view.BadParameterException;
import io.tallyman.query.view.FleetReader;
import io.tallyman.query.view.Grouping;
import io.tallyman.query.view.Total;
import io.tallyman.query.view.UsageQuery;
import io.tallyman.query.view.Usages;
import io.tallyman.query.view.Usages.Listing;
import io.tallyman.query.view.Usages.Order;
import io.tallyman.query.view.Used;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who uses how much: see API.md. */
@Controller("/api/v1")
@ExecuteOn(TaskExecutors.BLOCKING)
final class UsageController {

  private static final int DEFAULT_TOP = 10;
  private static final int MAX_TOP = 100;

  private final Usages usages;
  private final FleetReader fleet;

  UsageController(Usages usages, FleetReader fleet) {
    this.usages = usages;
    this.fleet = fleet;
  }

  @Get("/totals")
  HttpResponse<byte[]> totals(HttpRequest<?> request) {
    Parameters given =
        Parameters.of(request, "by", "from", "to", "host", "project", "limit", "cursor");
    Grouping grouping = Grouping.parse(given.text("by"));
    Listing<Total> found = usages.totals(grouping, query(given), given.limit(), given.cursor());
    boolean isNow = found.from() == null;
    return Json.page(
        found.page(),
        (total, json) -> FiguresJson.total(total, grouping.by(), isNow, json),
        json -> head(grouping.toString(), found, json));
  }

  @Get("/top")
  HttpResponse<byte[]> top(HttpRequest<?> request) {
    Parameters given = Parameters.of(request, "by", "from", "to", "host", "project", "limit");
    Order order = order(given.text("by"));
    Listing<Used> found = usages.top(order, query(given), given.limit(DEFAULT_TOP, MAX_TOP));
    return Json.page(found.page(), FiguresJson::used, json -> head(name(order), found, json));
  }

  private UsageQuery query(Parameters given) {
    Instant now = fleet.now();
    return new UsageQuery(
        given.time("from", now), given.time("to", now), given.text("host"), given.text("project"));
  }

  private static void head(String by, Listing<?> found, JsonGenerator json) throws IOException {
    json.writeStringField("by", by);
    Json.time(json, "from", found.from());
    Json.time(json, "to", found.to());
  }

  private static Order order(@Nullable String text) {
    return Arrays.stream(Order.values())
        .filter(order -> name(order).equals(text == null ? name(Order.CPU) : text))
        .findFirst()
        .orElseThrow(() -> new BadParameterException("by", "is cpu, memory, network or blockio"));
  }

  private static String name(Order order) {
    return order.name().toLowerCase(Locale.ROOT);
  }
}
