package io.tallyman.cli.up;

import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** On which engine standalone mode runs. */
public sealed interface EngineChoice {

  /** A Docker Engine; that it is there and can be used has yet to be seen. */
  record Real(EngineEndpoint endpoint) implements EngineChoice {}

  /**
   * A simulated one.
   *
   * @param containers how many run on it; empty for the demo fleet's own number
   * @param because null when it was asked for, else why there was no other choice
   */
  record Simulated(OptionalInt containers, @Nullable String because) implements EngineChoice {}

  /**
   * Chooses: the simulated one when asked for, or when no engine was named and none is installed.
   *
   * @param simulate whether it was asked for
   * @throws SettingsException when an engine was named and a simulated one asked for
   */
  static EngineChoice of(
      Settings settings,
      boolean simulate,
      OptionalInt containers,
      Map<String, String> environment) {
    boolean named = settings.isGiven(ConfigKeys.DOCKER_HOST);
    String origin = settings.origin(ConfigKeys.DOCKER_HOST);
    if (simulate && named && !origin.equals("DOCKER_HOST")) {
      throw new SettingsException(
          "--simulate and an engine (from %s) exclude each other: keep one".formatted(origin));
    }
    if (simulate) {
      return new Simulated(containers, null);
    }
    URI host = settings.get(ConfigKeys.DOCKER_HOST);
    if (!named && !InstalledEngine.isThere(Path.of(host.getPath()), environment)) {
      return new Simulated(containers, "no Docker Engine is installed here");
    }
    return new Real(endpoint(settings));
  }

  /** The endpoint that the settings name. */
  static EngineEndpoint endpoint(Settings settings) {
    try {
      return new EngineEndpoint(
          settings.get(ConfigKeys.DOCKER_HOST),
          settings.find(ConfigKeys.DOCKER_TLS_CA),
          settings.find(ConfigKeys.DOCKER_TLS_CERT),
          settings.find(ConfigKeys.DOCKER_TLS_KEY));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    }
  }
}
