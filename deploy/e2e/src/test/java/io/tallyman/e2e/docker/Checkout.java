package io.tallyman.e2e.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A checkout whose build only hands over the jars that the reactor made, so that tests start the
 * program through the launcher and as a user has it, and do not build it within a build.
 */
final class Checkout {

  private static final Path SOURCES = Path.of("../..");
  private static final Path JARS = SOURCES.resolve("deploy/cli/target/dist/lib");

  private final Path directory;

  /** Everybody may read it. */
  Checkout(Path directory) throws IOException {
    if (!Files.isDirectory(JARS)) {
      throw new IllegalStateException(
          "Needs the jars in deploy/cli/target/dist/lib: run the phase package or a later one");
    }
    this.directory = directory;
    for (var module : List.of(".mvn", "schemas", "agent", "consumers", "deploy/cli/target")) {
      Files.createDirectories(directory.resolve(module));
    }
    Files.writeString(directory.resolve("pom.xml"), "<project/>\n");
    Files.copy(SOURCES.resolve("tallyman"), launcher(), StandardCopyOption.COPY_ATTRIBUTES);
    var build =
        """
        #!/bin/sh
        [ "$1" != -v ] || exit 0
        mkdir -p deploy/cli/target/dist
        cp -R '%s' deploy/cli/target/dist/lib
        """
            .formatted(JARS.toRealPath());
    Files.writeString(directory.resolve("mvnw"), build);
    var forAll = PosixFilePermissions.fromString("rwxr-xr-x");
    Files.setPosixFilePermissions(directory.resolve("mvnw"), forAll);
    Files.setPosixFilePermissions(directory, forAll);
  }

  Path launcher() {
    return directory.resolve("tallyman");
  }

  /** Builds, so that a start that is timed does not. */
  void build() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(launcher().toString(), "--version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the launcher cannot build");
    }
  }
}
