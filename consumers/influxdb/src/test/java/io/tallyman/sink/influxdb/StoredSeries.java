package io.tallyman.sink.influxdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallyman.testkit.InfluxDbExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads a database of an InfluxDB 1 back. */
final class StoredSeries {

  private static final ObjectMapper JSON = new ObjectMapper();

  private StoredSeries() {}

  /**
   * All fields of all points: {@code measurement{tag=value,…}.field@nanos} and the value's text.
   */
  static Map<String, String> all(InfluxDbExtension influx, String database) {
    var found = new TreeMap<String, String>();
    for (var series : series(influx.query(database, "SELECT * FROM /.*/ GROUP BY *"))) {
      var tags = new TreeMap<String, String>();
      series
          .path("tags")
          .properties()
          .forEach(tag -> {
            if (!tag.getValue().asText().isEmpty()) {
              tags.put(tag.getKey(), tag.getValue().asText());
            }
          });
      var place = series.path("name").asText() + tags;
      for (var row : series.path("values")) {
        for (int i = 1; i < row.size(); i++) {
          if (!row.get(i).isNull()) {
            found.put(
                "%s.%s@%s"
                    .formatted(place, series.path("columns").get(i).asText(), row.get(0).asText()),
                row.get(i).asText());
          }
        }
      }
    }
    return found;
  }

  /** The rows of an answer, without their times. */
  static List<List<String>> rows(InfluxDbExtension influx, String database, String query) {
    var rows = new ArrayList<List<String>>();
    for (var series : series(influx.query(database, query))) {
      for (var values : series.path("values")) {
        var row = new ArrayList<String>();
        for (int i = 1; i < values.size(); i++) {
          row.add(values.get(i).asText());
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** The only row of an answer, by the names of its columns. */
  static Map<String, String> onlyRow(InfluxDbExtension influx, String database, String query) {
    var row = new TreeMap<String, String>();
    for (var series : series(influx.query(database, query))) {
      var columns = series.path("columns");
      for (int i = 0; i < columns.size(); i++) {
        row.put(columns.get(i).asText(), series.path("values").get(0).get(i).asText());
      }
    }
    return row;
  }

  private static List<JsonNode> series(String answer) {
    try {
      var result = JSON.readTree(answer).path("results").get(0);
      if (result.has("error")) {
        throw new IllegalStateException(result.path("error").asText());
      }
      var found = new ArrayList<JsonNode>();
      result.path("series").forEach(found::add);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
