package io.tallyman.sink.influxdb;

import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.generic.IndexedRecord;

/**
 * What the tallyman layout must hold of samples, told by the schema's own names: whatever number a
 * record has must be in the store under its name in snake case.
 */
final class ReferenceModel {

  private static final Map<String, String> MEASUREMENTS =
      Map.of(
          "cpu", "container_cpu",
          "memory", "container_memory",
          "networks", "container_network",
          "blockIo", "container_blockio",
          "pids", "container_pids",
          "pressure", "container_pressure");

  private ReferenceModel() {}

  /** In the form of {@link StoredSeries#all}. */
  static Map<String, String> of(List<ContainerStats> samples) {
    var model = new TreeMap<String, String>();
    for (var sample : samples) {
      var at = (Instant) sample.get(sample.getSchema().getField("sampledAt").pos());
      var time = "@" + at.getEpochSecond() + "%09d".formatted(at.getNano());
      var tags = new HashMap<String, String>();
      tags.put("host_id", text(sample, "hostId"));
      tags.put("host", text(sample, "hostName"));
      for (var name : List.of("containerId", "containerName", "image", "project", "service")) {
        tags.put(snake(name), text(sample, name));
      }
      MEASUREMENTS.forEach((field, measurement) -> {
        var part = sample.get(sample.getSchema().getField(field).pos());
        if (part instanceof List<?> many) {
          for (var one : many) {
            add(model, measurement, with(tags, (IndexedRecord) one), (IndexedRecord) one, time);
          }
        } else if (part instanceof IndexedRecord one) {
          add(model, measurement, tags, one, time);
        }
      });
      if (sample.getCpu() != null) {
        var place = "container_cpu" + new TreeMap<>(tags);
        model.put(place + ".reset" + time, text(sample, "reset"));
        model.put(place + ".interval_nanos" + time, text(sample, "intervalNanos"));
      }
    }
    return model;
  }

  private static Map<String, String> with(Map<String, String> tags, IndexedRecord device) {
    var more = new HashMap<>(tags);
    if (device.getSchema().getName().equals("Network")) {
      more.put("interface", text(device, "name"));
    } else {
      more.put("device", text(device, "major") + ":" + text(device, "minor"));
    }
    return more;
  }

  private static void add(
      Map<String, String> model,
      String measurement,
      Map<String, String> tags,
      IndexedRecord part,
      String time) {
    var place = measurement + new TreeMap<>(tags);
    for (var field : part.getSchema().getFields()) {
      var value = part.get(field.pos());
      if (value instanceof Number number && !List.of("major", "minor").contains(field.name())) {
        model.put(place + "." + snake(field.name()) + time, number(number));
      } else if (field.name().equals("device")) {
        model.put(place + ".device_name" + time, String.valueOf(value));
      } else if (value instanceof List<?> cores) {
        for (int i = 0; i < cores.size(); i++) {
          var more = new TreeMap<>(tags);
          more.put("cpu", String.valueOf(i));
          model.put("container_cpu_core" + more + ".usage_nanos" + time, cores.get(i).toString());
        }
      }
    }
  }

  /** The store answers whole floats without a fraction. */
  private static String number(Number number) {
    return number instanceof Double d && d == Math.rint(d)
        ? Long.toString(d.longValue())
        : number.toString();
  }

  private static String text(IndexedRecord record, String field) {
    return String.valueOf(record.get(record.getSchema().getField(field).pos()));
  }

  private static String snake(String camel) {
    return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
