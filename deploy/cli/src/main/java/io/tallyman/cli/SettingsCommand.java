package io.tallyman.cli;

import io.tallyman.cli.Tallyman.Surroundings;
import io.tallyman.cli.settings.ConfigKey;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that reads settings; holds what all of them share. */
abstract class SettingsCommand implements Callable<Integer> {

  /** What the flags of the catalogue's keys were given. */
  final Map<ConfigKey<?>, String> flags = new LinkedHashMap<>();

  @Nullable Surroundings surroundings;

  @Spec @Nullable CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "Read settings from a YAML file.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set a configuration key; repeatable.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace; default: ${DEFAULT-VALUE}.",
      defaultValue = "info")
  private LogLevel logLevel = LogLevel.info;

  /** Whose flags and settings the command has. */
  abstract Part part();

  /** Whether the command has the key's flag. */
  boolean hasFlag(ConfigKey<?> key) {
    return key.flagParts().contains(part());
  }

  /** Does the work; returns when it is done or was asked to stop. */
  abstract void run(Settings settings);

  @Override
  public Integer call() {
    Logging.level(logLevel);
    Surroundings here = surroundings();
    run(SettingsLoader.load(here.catalogue(), config, here.environment(), sets, flags));
    return 0;
  }

  final Surroundings surroundings() {
    return Objects.requireNonNull(surroundings);
  }

  final PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }

  final PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }
}
