package io.tallyman.cli.up;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Tells whether a Docker Engine is installed on this host, running or not. */
final class InstalledEngine {

  private InstalledEngine() {}

  /** Whether its socket exists or {@code dockerd} is on the PATH. */
  static boolean isThere(Path socket, Map<String, String> environment) {
    if (Files.exists(socket)) {
      return true;
    }
    for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, "dockerd"))) {
        return true;
      }
    }
    return false;
  }
}
