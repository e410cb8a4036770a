package io.tallyman.cli.up;

import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.sink.SinkProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What standalone mode is to run.
 *
 * @param sinks kinds that run beside the rest
 * @param version of this program
 */
public record UpPlan(
    Settings settings, EngineChoice engine, List<SinkProvider> sinks, String version) {

  /** The sink that has standard output for itself. */
  static final String STDOUT = "stdout";

  public UpPlan {
    sinks = List.copyOf(sinks);
  }

  /**
   * The plan for sinks of these names.
   *
   * @throws SettingsException when there is no such sink, or one is named twice
   */
  public static UpPlan of(
      Settings settings, EngineChoice engine, List<String> sinks, String version) {
    List<SinkProvider> kinds = new ArrayList<>();
    for (String sink : sinks) {
      SinkProvider kind = SinkPart.kind(settings, sink);
      if (kinds.contains(kind)) {
        throw new SettingsException(
            "--sink: %s is named twice; run a second one with 'tallyman sink %s --name OTHER'"
                .formatted(sink, sink));
      }
      kinds.add(kind);
    }
    return new UpPlan(settings, engine, kinds, version);
  }

  /** Whether standard output belongs to a sink. */
  public boolean writesToStandardOutput() {
    return sinks.stream().anyMatch(sink -> sink.name().equals(STDOUT));
  }

  /** Where everything is kept; what a simulated engine gives is kept apart from the real. */
  Path directory() {
    Path directory = settings.get(ConfigKeys.DATA_DIR);
    return switch (engine) {
      case EngineChoice.Real _ -> directory;
      case EngineChoice.Simulated _ -> directory.resolve("simulated");
    };
  }
}
