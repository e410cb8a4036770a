package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tallyman.query.history.Counter;
import io.tallyman.query.history.Gauge;
import io.tallyman.query.history.Rollup;
import io.tallyman.query.view.Series;
import io.tallyman.query.view.Series.Point;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The JSON of a container's history. */
final class SeriesJson {

  private static final long MICROS = 1000;

  /** The figures of a point under the name of the record's part that has them. */
  private record Group(String name, List<Gauge> gauges, List<Counter> counters) {

    static Group of(String name) {
      return new Group(
          name,
          Arrays.stream(Gauge.values()).filter(gauge -> gauge.group().equals(name)).toList(),
          Arrays.stream(Counter.values()).filter(next -> next.group().equals(name)).toList());
    }
  }

  private static final List<Group> GROUPS = groups();

  private SeriesJson() {}

  static void write(Series series, JsonGenerator json) throws IOException {
    ContainerStats who = series.newest().value();
    json.writeStartObject();
    Json.time(json, "asOf", series.newest().time());
    json.writeBooleanField("stale", series.stale());
    Json.identity(who, json);
    Json.time(json, "from", series.from());
    Json.time(json, "to", series.to());
    boolean isRaw = series.step() == null;
    if (series.step() == null) {
      json.writeNullField("stepMillis");
    } else {
      json.writeNumberField("stepMillis", series.step().toMillis());
    }
    json.writeNumberField("intervalMillis", who.getIntervalMillis());
    json.writeArrayFieldStart("items");
    for (Point point : series.points()) {
      point(point, isRaw, json);
    }
    json.writeEndArray();
    json.writeNullField("nextCursor");
    json.writeEndObject();
  }

  private static void point(Point point, boolean isRaw, JsonGenerator json) throws IOException {
    Rollup figures = point.figures();
    json.writeStartObject();
    json.writeStringField("time", Instant.ofEpochMilli(point.timeMillis()).toString());
    json.writeNumberField("samples", figures.samples());
    if (figures.coveredMicros() == 0) {
      json.writeNullField("coveredMillis");
    } else {
      json.writeNumberField("coveredMillis", figures.coveredMicros() / MICROS);
    }
    json.writeBooleanField("reset", figures.reset());
    for (Group group : GROUPS) {
      json.writeObjectFieldStart(group.name);
      for (Gauge gauge : group.gauges) {
        gauge(gauge, figures, isRaw, json);
      }
      for (Counter counter : group.counters) {
        counter(counter, figures, json);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** A limit does not move, so the last one says it all. */
  private static void gauge(Gauge gauge, Rollup figures, boolean isRaw, JsonGenerator json)
      throws IOException {
    String field = gauge.field();
    boolean whole = gauge.isWhole();
    if (isRaw || gauge == Gauge.MEMORY_LIMIT) {
      Json.number(json, field, figures.last(gauge), whole);
      return;
    }
    Json.number(json, field, figures.mean(gauge), whole);
    Json.number(json, field + "Min", figures.min(gauge), whole);
    Json.number(json, field + "Max", figures.max(gauge), whole);
    Json.number(json, field + "Last", figures.last(gauge), whole);
  }

  private static void counter(Counter counter, Rollup figures, JsonGenerator json)
      throws IOException {
    long increase = figures.increase(counter);
    if (increase == Counter.UNKNOWN) {
      json.writeNullField(counter.field());
    } else {
      json.writeNumberField(counter.field(), increase);
    }
  }

  private static List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (String name : List.of("cpu", "memory", "network", "blockIo", "pids", "pressure")) {
      groups.add(Group.of(name));
    }
    return List.copyOf(groups);
  }
}
