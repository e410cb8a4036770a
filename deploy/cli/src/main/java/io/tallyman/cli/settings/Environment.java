package io.tallyman.cli.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code TALLYMAN_…} variables by matching them against the known keys. Empty variables count
 * as not set, because Compose files pass on what is not there as empty.
 */
final class Environment {

  private static final String PREFIX = "TALLYMAN_";
  private static final String FILE_SUFFIX = "_FILE";
  private static final String PROPERTIES = ConfigKeys.KAFKA_PROPERTIES.variable() + "_";

  /** Read by the tests; no setting. */
  private static final String RESERVED = "TALLYMAN_TEST_";

  /** A variable's value; the full key is the map's key. */
  record Variable(String value, String name) {}

  private final Catalogue catalogue;
  private final Map<String, String> environment;
  private final Map<String, Variable> values = new LinkedHashMap<>();

  private Environment(Catalogue catalogue, Map<String, String> environment) {
    this.catalogue = catalogue;
    this.environment = new TreeMap<>(environment);
  }

  /**
   * The values by their full keys.
   *
   * @throws SettingsException for an unknown variable, or a secret's file that cannot be read
   */
  static Map<String, Variable> read(Catalogue catalogue, Map<String, String> environment) {
    Environment reader = new Environment(catalogue, environment);
    reader.environment.forEach(reader::variable);
    return reader.values;
  }

  private void variable(String name, String value) {
    if (!name.startsWith(PREFIX) || value.isEmpty() || name.startsWith(RESERVED)) {
      return;
    }
    for (ConfigKey<?> key : catalogue.keys()) {
      if (name.equals(key.variable())) {
        put(key.name(), new Variable(value, name));
        return;
      }
      if (key.secret() && name.equals(key.variable() + FILE_SUFFIX)) {
        put(key.name(), new Variable(secret(name, value), name));
        return;
      }
    }
    if (!name.startsWith(PROPERTIES) || name.length() == PROPERTIES.length()) {
      throw unknown(name);
    }
    kafkaProperty(name, value);
  }

  private void kafkaProperty(String name, String value) {
    String property =
        name.substring(PROPERTIES.length()).toLowerCase(Locale.ROOT).replace('_', '.');
    String ofFile =
        property.endsWith(".file") ? property.substring(0, property.length() - 5) : null;
    String prefix = ConfigKeys.KAFKA_PROPERTIES.name() + ".";
    if (ofFile != null && isPassword(ofFile)) {
      put(prefix + ofFile, new Variable(secret(name, value), name));
    } else {
      put(prefix + property, new Variable(value, name));
    }
  }

  private void put(String key, Variable variable) {
    Variable other = values.put(key, variable);
    if (other != null) {
      throw new SettingsException(
          "%s and %s both set %s: keep one".formatted(other.name(), variable.name(), key));
    }
  }

  private static boolean isPassword(String property) {
    for (ConfigDef definition : List.of(ProducerConfig.configDef(), ConsumerConfig.configDef())) {
      ConfigDef.@Nullable ConfigKey key = definition.configKeys().get(property);
      if (key != null && key.type == ConfigDef.Type.PASSWORD) {
        return true;
      }
    }
    return false;
  }

  private static String secret(String variable, String file) {
    try {
      return Files.readString(Path.of(file)).stripTrailing();
    } catch (IOException | InvalidPathException e) {
      throw new SettingsException(
          "%s: the file %s cannot be read (%s)"
              .formatted(variable, file, e.getClass().getSimpleName()));
    }
  }

  private SettingsException unknown(String name) {
    List<String> names = new ArrayList<>();
    for (ConfigKey<?> key : catalogue.keys()) {
      names.add(key.variable());
    }
    return new SettingsException(
        "%s: there is no such setting; did you mean %s?".formatted(name, Nearest.to(name, names)));
  }
}
