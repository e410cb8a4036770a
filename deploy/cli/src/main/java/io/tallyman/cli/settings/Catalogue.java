package io.tallyman.cli.settings;

import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.SinkProviders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sinks that are installed, and all configuration keys, those of their options included. */
public final class Catalogue {

  /** What every command has; the flag of a key of all sinks may become an option's. */
  private static final Set<String> COMMON_FLAGS =
      Set.of("--config", "--set", "--log-level", "--help");

  private static final Catalogue BUILT_IN =
      new Catalogue(SinkProviders.of(Catalogue.class.getClassLoader()));

  private final SinkProviders sinks;
  private final List<ConfigKey<?>> keys;

  private Catalogue(SinkProviders sinks) {
    this.sinks = sinks;
    List<ConfigKey<?>> all = new ArrayList<>(ConfigKeys.own());
    sinks.all().forEach(sink -> all.addAll(SinkKeys.of(sink)));
    this.keys = List.copyOf(all);
  }

  /** What comes with the program. */
  public static Catalogue builtIn() {
    return BUILT_IN;
  }

  /**
   * With these sinks.
   *
   * @throws IllegalStateException when an option of a sink is called like something else
   */
  public static Catalogue of(SinkProviders sinks) {
    Catalogue catalogue = new Catalogue(sinks);
    Map<String, String> variables = new HashMap<>();
    for (ConfigKey<?> key : catalogue.keys) {
      String other = variables.putIfAbsent(key.variable(), key.name());
      if (other != null) {
        throw new IllegalStateException(
            "an option of a sink has the key %s, which is taken by %s"
                .formatted(key.name(), other));
      }
    }
    sinks.all().forEach(Catalogue::checkFlags);
    return catalogue;
  }

  private static void checkFlags(SinkProvider sink) {
    Set<String> taken = new HashSet<>(COMMON_FLAGS);
    for (ConfigKey<String> key : SinkKeys.of(sink)) {
      if (!taken.add(String.valueOf(key.flag()))) {
        throw new IllegalStateException(
            "the sink %s has an option with the flag %s, which is taken"
                .formatted(sink.name(), key.flag()));
      }
    }
  }

  /** The kinds of sink that can be run. */
  public SinkProviders sinks() {
    return sinks;
  }

  /** All keys, in the order of the reference. */
  public List<ConfigKey<?>> keys() {
    return keys;
  }

  /** The key of that name, or of which that name is an entry; null when there is none. */
  @Nullable ConfigKey<?> find(String name) {
    for (ConfigKey<?> key : keys) {
      if (key.name().equals(name)) {
        return key;
      }
    }
    return ConfigKeys.isKafkaProperty(name) ? ConfigKeys.KAFKA_PROPERTIES : null;
  }

  SettingsException unknownKey(String name, String origin) {
    List<String> names = keys.stream().<String>map(ConfigKey::name).toList();
    return new SettingsException(
        "%s: there is no key %s; did you mean %s?"
            .formatted(origin, name, Nearest.to(name, names)));
  }
}
