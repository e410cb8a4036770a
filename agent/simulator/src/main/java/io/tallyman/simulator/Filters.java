package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code filters} parameter: keys with the values of which one must match. */
final class Filters {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> EVENT_PREFIXES =
      Set.of("health_status", "exec_create", "exec_start");
  private static final Set<String> LIST_KEYS =
      Set.of("ancestor", "health", "id", "label", "name", "network", "status", "volume");

  private final Map<String, Set<String>> values;

  private Filters(Map<String, Set<String>> values) {
    this.values = values;
  }

  static Filters none() {
    return new Filters(Map.of());
  }

  /** Reads both forms: lists of values, and the older maps from value to true. */
  static Filters parse(@Nullable String text, EngineProfile profile) {
    Map<String, Set<String>> values = new LinkedHashMap<>();
    if (text != null) {
      JsonNode root = readObject(text, profile);
      root.properties()
          .forEach(filter -> {
            Set<String> wanted = new LinkedHashSet<>();
            if (filter.getValue().isObject()) {
              filter.getValue().fieldNames().forEachRemaining(wanted::add);
            } else {
              filter.getValue().forEach(value -> wanted.add(value.asText()));
            }
            values.put(filter.getKey(), wanted);
          });
    }
    return new Filters(values);
  }

  private static JsonNode readObject(String text, EngineProfile profile) {
    try {
      JsonNode root = MAPPER.readTree(text);
      if (root.isObject()) {
        return root;
      }
    } catch (JsonProcessingException e) {
      // Answered below like JSON of another kind.
    }
    throw profile.bodies().equals("20.10")
        ? new DockerError(500, "invalid character in filters")
        : new DockerError(400, "invalid filter");
  }

  /** Which events pass. */
  Predicate<EngineEvent> forEvents() {
    return event ->
        any("type", event.type()::equals)
            && any("event", wanted -> actionMatches(wanted, event.action()))
            && any("container", wanted -> actorMatches(wanted, "container", event))
            && any("network", wanted -> actorMatches(wanted, "network", event))
            && any("image", wanted -> imageMatches(wanted, event))
            && all("label", wanted -> hasLabel(event.attributes(), wanted))
            && any("scope", "local"::equals);
  }

  /** Which containers are listed. */
  Predicate<ContainerView> forContainers(EngineProfile profile) {
    for (String key : values.keySet()) {
      if (!LIST_KEYS.contains(key)) {
        boolean old = profile.bodies().equals("20.10");
        throw new DockerError(400, (old ? "Invalid" : "invalid") + " filter '" + key + "'");
      }
    }
    return view ->
        any("id", view.id()::startsWith)
            && any("name", wanted -> Pattern.compile(wanted).matcher("/" + view.name()).find())
            && any("status", view.state()::equals)
            && any("ancestor", view.spec().image()::startsWith)
            && any("health", wanted -> wanted.equals(view.health()))
            && any("network", view.spec().networkMode()::equals)
            && all("label", wanted -> hasLabel(view.spec().labels(), wanted));
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  private boolean any(String key, Predicate<String> matches) {
    Set<String> wanted = values.get(key);
    return wanted == null || wanted.isEmpty() || wanted.stream().anyMatch(matches);
  }

  private boolean all(String key, Predicate<String> matches) {
    Set<String> wanted = values.get(key);
    return wanted == null || wanted.stream().allMatch(matches);
  }

  /** One of the prefixes in the list makes the engine match every action by its beginning. */
  private boolean actionMatches(String wanted, String action) {
    Set<String> actions = values.getOrDefault("event", Set.of());
    boolean byPrefix = actions.stream().anyMatch(EVENT_PREFIXES::contains);
    return byPrefix ? action.startsWith(wanted) : action.equals(wanted);
  }

  private static boolean actorMatches(String wanted, String type, EngineEvent event) {
    return event.type().equals(type)
        && (event.actorId().startsWith(wanted)
            || event.attributes().getOrDefault("name", "").startsWith(wanted));
  }

  private static boolean imageMatches(String wanted, EngineEvent event) {
    String image = event.attributes().getOrDefault("image", "");
    return image.equals(wanted) || image.startsWith(wanted + ":");
  }

  private static boolean hasLabel(Map<String, String> labels, String wanted) {
    int equals = wanted.indexOf('=');
    return equals < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
  }
}
