package io.tallyman.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The keys of a JSON body and the kinds of their values, without the values. Maps with free keys
 * (labels, networks) are not looked into, nor is what depends on the host's storage and its
 * kernel's accounting.
 */
final class Shape {

  private static final Set<String> OPAQUE =
      Set.of(
          "/Config/Labels",
          "/Labels",
          "/GraphDriver/Data",
          "/NetworkSettings/Ports",
          "/HostConfig/PortBindings",
          "/HostConfig/LogConfig/Config",
          "/memory_stats/stats");

  private Shape() {}

  static Map<String, String> of(JsonNode body) {
    Map<String, String> shape = new TreeMap<>();
    collect("", body, shape);
    return shape;
  }

  /** Differences; null goes with everything, since many keys are null when empty. */
  static Set<String> differences(Map<String, String> expected, Map<String, String> actual) {
    Set<String> differences = new TreeSet<>();
    expected.forEach((path, kind) -> {
      String other = actual.get(path);
      if (other == null) {
        if (!underNull(path, actual)) {
          differences.add("missing " + path);
        }
      } else if (!kind.equals(other) && !kind.equals("NULL") && !other.equals("NULL")) {
        differences.add(path + " is " + other + ", not " + kind);
      }
    });
    actual.keySet().stream()
        .filter(path -> !expected.containsKey(path) && !underNull(path, expected))
        .forEach(path -> differences.add("surplus " + path));
    return differences;
  }

  /** Whether the value is inside something that is null or an empty array on the other side. */
  private static boolean underNull(String path, Map<String, String> shape) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      String kind = shape.get(path.substring(0, end));
      if ("NULL".equals(kind) || "ARRAY".equals(kind)) {
        return true;
      }
    }
    return false;
  }

  private static void collect(String path, JsonNode node, Map<String, String> shape) {
    if (!path.isEmpty()) {
      shape.put(path, node.isNumber() ? "NUMBER" : node.getNodeType().name());
    }
    if (OPAQUE.contains(path)) {
      return;
    }
    if (node.isArray()) {
      node.forEach(element -> collect(path + "/[]", element, shape));
    }
    node.properties()
        .forEach(entry -> {
          boolean freeKey = path.endsWith("/Networks") || path.equals("/networks");
          collect(path + "/" + (freeKey ? "*" : entry.getKey()), entry.getValue(), shape);
        });
  }
}
