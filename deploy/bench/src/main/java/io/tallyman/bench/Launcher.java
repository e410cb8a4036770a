package io.tallyman.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** The clone that is measured. */
final class Launcher {

  private Launcher() {}

  /** The directory of the clone: told by the launcher, else the working directory. */
  static Path home() {
    return Path.of(System.getProperty("tallyman.home", "")).toAbsolutePath().normalize();
  }

  /** The launcher script. */
  static Path script() {
    Path script = home().resolve("tallyman");
    if (!Files.isExecutable(script)) {
      throw new BenchException(
          "no launcher at " + script + ": run ./tallyman bench in a clone of the repository");
    }
    return script;
  }
}
