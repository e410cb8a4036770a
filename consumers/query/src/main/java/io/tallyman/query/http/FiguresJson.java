package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tallyman.query.view.Figure;
import io.tallyman.query.view.Figures;
import io.tallyman.query.view.Grouping.By;
import io.tallyman.query.view.Total;
import io.tallyman.query.view.Used;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The JSON of totals and top lists. */
final class FiguresJson {

  private static final Map<String, List<Figure>> GROUPS =
      Arrays.stream(Figure.values())
          .collect(Collectors.groupingBy(Figure::group, LinkedHashMap::new, Collectors.toList()));

  private FiguresJson() {}

  static void total(Total total, By by, boolean isNow, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("value", total.value());
    if (by == By.HOST) {
      json.writeStringField("name", total.hostName());
    }
    json.writeNumberField("hosts", total.hosts());
    json.writeNumberField("containers", total.containers());
    if (isNow) {
      json.writeNumberField("staleContainers", total.stale());
    } else {
      json.writeNullField("staleContainers");
    }
    figures(total.figures(), json);
    json.writeEndObject();
  }

  static void used(Used used, JsonGenerator json) throws IOException {
    json.writeStartObject();
    Json.identity(used.stats(), json);
    json.writeBooleanField("stale", used.stale());
    figures(used.figures(), json);
    json.writeEndObject();
  }

  private static void figures(Figures figures, JsonGenerator json) throws IOException {
    for (Map.Entry<String, List<Figure>> group : GROUPS.entrySet()) {
      json.writeObjectFieldStart(group.getKey());
      for (Figure figure : group.getValue()) {
        Json.number(json, figure.field(), figures.get(figure), figure.isWhole());
      }
      json.writeEndObject();
    }
  }
}
