package io.tallyman.cli.settings;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges file, environment, {@code --set} and flags into {@link Settings}, weakest first. */
public final class SettingsLoader {

  private final Catalogue catalogue;
  private final Map<String, Settings.Given> given = new LinkedHashMap<>();

  private SettingsLoader(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * Reads everything.
   *
   * @param catalogue the keys that there are
   * @param file the file of {@code --config}; null for none
   * @param sets the values of {@code --set}, {@code KEY=VALUE} each
   * @param flags texts by the key that the flag sets
   * @throws SettingsException for anything unknown or not allowed, in one line
   */
  public static Settings load(
      Catalogue catalogue,
      @Nullable Path file,
      Map<String, String> environment,
      List<String> sets,
      Map<ConfigKey<?>, String> flags) {
    SettingsLoader loader = new SettingsLoader(catalogue);
    if (file != null) {
      ConfigFile.read(catalogue, file)
          .forEach((name, raw) -> loader.put(name, raw, file.toString()));
    }
    Environment.read(catalogue, environment)
        .forEach((name, variable) ->
            loader.put(name, new RawValue.Text(variable.value()), variable.name()));
    sets.forEach(loader::set);
    flags.forEach((key, text) -> loader.put(key.name(), new RawValue.Text(text), "" + key.flag()));
    loader.dockerVariables(environment);
    return new Settings(catalogue, loader.given);
  }

  private void set(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals <= 0) {
      throw new SettingsException("--set wants KEY=VALUE");
    }
    String name = assignment.substring(0, equals);
    if (catalogue.find(name) == null) {
      throw catalogue.unknownKey(name, "--set");
    }
    put(name, new RawValue.Text(assignment.substring(equals + 1)), "--set");
  }

  /** An empty value takes back what a weaker source said. */
  private void put(String name, RawValue raw, String origin) {
    if (raw.equals(new RawValue.Text(""))) {
      given.remove(name);
    } else if (name.equals(ConfigKeys.KAFKA_PROPERTIES.name())) {
      properties(raw, origin);
    } else {
      given.put(name, new Settings.Given(raw, origin));
    }
  }

  /** Properties are merged one by one, so that one of them can be changed by a stronger source. */
  private void properties(RawValue raw, String origin) {
    Map<String, String> entries;
    try {
      entries = ConfigKeys.KAFKA_PROPERTIES.type().parse(raw);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "%s: the value (from %s) is not allowed: give %s"
              .formatted(
                  ConfigKeys.KAFKA_PROPERTIES.name(),
                  origin,
                  ConfigKeys.KAFKA_PROPERTIES.type().allowed()));
    }
    entries.forEach((property, value) ->
        put(ConfigKeys.KAFKA_PROPERTIES.name() + "." + property, new RawValue.Text(value), origin));
  }

  /** The variables of the Docker CLI stand in for keys that nobody gave. */
  private void dockerVariables(Map<String, String> environment) {
    String host = environment.getOrDefault("DOCKER_HOST", "").strip();
    if (host.isEmpty() || given.containsKey(ConfigKeys.DOCKER_HOST.name())) {
      return;
    }
    put(ConfigKeys.DOCKER_HOST.name(), new RawValue.Text(host), "DOCKER_HOST");
    if (environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()) {
      return;
    }
    String certificates = environment.getOrDefault("DOCKER_CERT_PATH", "~/.docker");
    Map.of(
            ConfigKeys.DOCKER_TLS_CA, "ca.pem",
            ConfigKeys.DOCKER_TLS_CERT, "cert.pem",
            ConfigKeys.DOCKER_TLS_KEY, "key.pem")
        .forEach((key, file) ->
            given.putIfAbsent(
                key.name(),
                new Settings.Given(
                    new RawValue.Text(certificates + "/" + file), "DOCKER_CERT_PATH")));
  }
}
