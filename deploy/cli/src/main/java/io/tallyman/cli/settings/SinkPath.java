package io.tallyman.cli.settings;

import io.tallyman.sink.SinkProviders;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sinks in the jars of {@code tallyman.sink.path}, before the command line is parsed:
 * they bring commands and keys of their own.
 */
public final class SinkPath {

  private static final String DEFAULT = "sinks";
  private static final String JAR = ".jar";

  private SinkPath() {}

  /**
   * What comes with the program, and what the sink path adds to it.
   *
   * @param arguments of the command line, of which only those are read that say where the path is
   * @throws SettingsException when a jar there cannot be used, in one line
   */
  public static Catalogue catalogue(List<String> arguments, Map<String, String> environment) {
    Early early = new Early(arguments, environment);
    String given = early.value(ConfigKeys.SINK_PATH);
    Path directory = given == null ? byDefault(early) : path(given);
    if (!Files.isDirectory(directory)) {
      if (given == null) {
        return Catalogue.builtIn();
      }
      throw new SettingsException(
          "%s: %s is no directory".formatted(ConfigKeys.SINK_PATH.name(), directory));
    }
    List<URL> jars = jars(directory);
    return jars.isEmpty() ? Catalogue.builtIn() : of(directory, jars);
  }

  private static Path byDefault(Early early) {
    String dataDirectory = early.value(ConfigKeys.DATA_DIR);
    return path(dataDirectory == null ? "" + ConfigKeys.DATA_DIR.defaultText() : dataDirectory)
        .resolve(DEFAULT);
  }

  private static Path path(String text) {
    try {
      return ValueType.PATH.parse(new RawValue.Text(text));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "%s: '%s' is no path".formatted(ConfigKeys.SINK_PATH.name(), text));
    }
  }

  private static List<URL> jars(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(JAR))
          .sorted()
          .map(SinkPath::url)
          .toList();
    } catch (IOException e) {
      throw new SettingsException(
          "%s: %s cannot be read (%s)"
              .formatted(ConfigKeys.SINK_PATH.name(), directory, e.getClass().getSimpleName()));
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The class loader lives as long as the process: sinks load classes while they run. */
  private static Catalogue of(Path directory, List<URL> jars) {
    ClassLoader loader =
        new URLClassLoader("sinks", jars.toArray(URL[]::new), SinkPath.class.getClassLoader());
    try {
      return Catalogue.of(SinkProviders.of(loader));
    } catch (IllegalStateException | ServiceConfigurationError | LinkageError e) {
      throw new SettingsException(
          "%s: %s: %s".formatted(ConfigKeys.SINK_PATH.name(), directory, e.getMessage()));
    }
  }

  /** The few settings that are wanted before the others can be read; errors are left to those. */
  private record Early(List<String> arguments, Map<String, String> environment) {

    /** Null when nobody gives one. */
    @Nullable String value(ConfigKey<?> key) {
      for (String found :
          new @Nullable String[] {
            key.flag() == null ? null : argument(key.flag(), ""),
            argument("--set", key.name() + "="),
            environment.get(key.variable()),
            inFile(key)
          }) {
        if (found != null && !found.isEmpty()) {
          return found;
        }
      }
      return null;
    }

    private @Nullable String inFile(ConfigKey<?> key) {
      String file = argument("--config", "");
      return file == null ? null : ConfigFile.textOf(Path.of(file), key.name());
    }

    /** The last value of the option that begins so, without its begin. */
    private @Nullable String argument(String option, String begin) {
      String last = null;
      for (int i = 0; i < arguments.size(); i++) {
        String argument = arguments.get(i);
        String value = null;
        if (argument.startsWith(option + "=")) {
          value = argument.substring(option.length() + 1);
        } else if (argument.equals(option) && i + 1 < arguments.size()) {
          value = arguments.get(i + 1);
        }
        if (value != null && value.startsWith(begin)) {
          last = value.substring(begin.length());
        }
      }
      return last;
    }
  }
}
