package io.tallyman.cli.settings;

import io.tallyman.sink.SinkProviders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What file, environment and flags say, read and checked. Immutable.
 *
 * <p>Flags beat environment, environment beats file. Neither {@link #toString} nor any error shows
 * a secret.
 */
public final class Settings {

  /** A value and who gave it: a file's path, a variable or a flag. */
  record Given(RawValue raw, String origin) {
    @Override
    public String toString() {
      return "(from " + origin + ")";
    }
  }

  private final Catalogue catalogue;
  private final Map<String, Given> given;

  /** Takes values that the loader has merged; checks each of them, used or not. */
  Settings(Catalogue catalogue, Map<String, Given> given) {
    this.catalogue = catalogue;
    this.given = new TreeMap<>(given);
    for (ConfigKey<?> key : catalogue.keys()) {
      find(key);
    }
  }

  /**
   * The value of a key that must have one.
   *
   * @throws SettingsException when there is neither a value nor a default
   */
  public <T> T get(ConfigKey<T> key) {
    T value = find(key);
    if (value == null) {
      String flag = key.flag() == null ? "--set " + key.name() + "=…" : key.flag();
      throw new SettingsException(
          "%s is not set: give %s, %s or it in the file of --config (%s)"
              .formatted(key.name(), flag, key.variable(), key.type().allowed()));
    }
    return value;
  }

  /** The value of a key, its default, or null. */
  public <T> @Nullable T find(ConfigKey<T> key) {
    Given found = given.get(key.name());
    if (found != null) {
      return parse(key, found);
    }
    String defaultText = key.defaultText();
    return defaultText == null ? null : key.type().parse(new RawValue.Text(defaultText));
  }

  /** The kinds of sink that can be run. */
  public SinkProviders sinks() {
    return catalogue.sinks();
  }

  /** Whether anybody gave a value. */
  public boolean isGiven(ConfigKey<?> key) {
    return given.containsKey(key.name());
  }

  /** Who gave the value: a file's path, a variable or a flag; "default" when nobody did. */
  public String origin(ConfigKey<?> key) {
    Given found = given.get(key.name());
    return found == null ? "default" : found.origin();
  }

  /** The properties for the Kafka clients, those with secrets included. */
  public Map<String, String> kafkaProperties() {
    String prefix = ConfigKeys.KAFKA_PROPERTIES.name() + ".";
    Map<String, String> properties = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      if (name.startsWith(prefix)) {
        properties.put(name.substring(prefix.length()), propertyText(value.raw()));
      }
    });
    return properties;
  }

  private static String propertyText(RawValue raw) {
    return raw instanceof RawValue.Items(List<String> items)
        ? String.join(",", items)
        : raw.written();
  }

  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    given.forEach((name, value) -> {
      boolean secret = Objects.requireNonNull(catalogue.find(name)).secret();
      lines.add(name + "=" + (secret ? "***" : value.raw().written()) + " " + value);
    });
    return "Settings" + lines;
  }

  private static <T> T parse(ConfigKey<T> key, Given given) {
    try {
      return key.type().parse(given.raw());
    } catch (IllegalArgumentException | ArithmeticException e) {
      String what = key.secret() ? "the value" : "'" + given.raw().written() + "'";
      throw new SettingsException(
          "%s: %s (from %s) is not allowed: give %s"
              .formatted(key.name(), what, given.origin(), key.type().allowed()));
    }
  }
}
