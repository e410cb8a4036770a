package io.tallyman.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Containers of one measurement on a real engine, made and removed with the Docker CLI. */
final class Containers implements AutoCloseable {

  private static final String LABEL = "io.tallyman.bench";
  private static final String IMAGE = "tallyman-bench/busybox:1";
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final long COMMAND_SECONDS = 120;

  private final String run = UUID.randomUUID().toString();
  private final String image;
  private final List<String> ids = new ArrayList<>();

  /**
   * Makes sure of an image.
   *
   * @param image null: one that is made of this system's static busybox
   */
  Containers(@Nullable String image) {
    this.image = image == null ? IMAGE : image;
    if (image == null && docker("images", "-q", IMAGE).isBlank()) {
      importBusybox();
    }
  }

  /** Starts containers until there are that many; returns the ids of all. */
  List<String> grow(int count) {
    while (ids.size() < count) {
      ids.add(
          docker("run", "-d", "--label", LABEL + "=" + run, image, "/bin/busybox", "sleep", "36000")
              .strip());
    }
    return List.copyOf(ids);
  }

  /** Removes them. */
  @Override
  public void close() {
    String all = docker("ps", "-aq", "--no-trunc", "--filter", "label=" + LABEL + "=" + run);
    List<String> left = all.lines().filter(line -> !line.isBlank()).toList();
    if (!left.isEmpty()) {
      List<String> command = new ArrayList<>(List.of("rm", "-f", "-v"));
      command.addAll(left);
      docker(command.toArray(String[]::new));
    }
  }

  private static void importBusybox() {
    if (!Files.isExecutable(BUSYBOX)) {
      throw new BenchException("no static busybox at " + BUSYBOX + ": name an image with --image");
    }
    Path directory = Directories.make();
    try {
      Path archive = directory.resolve("root.tar");
      run(List.of("tar", "-C", "/", "-chf", archive.toString(), "bin/busybox"));
      docker("import", archive.toString(), IMAGE);
    } finally {
      Directories.delete(directory);
    }
  }

  private static String docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new BenchException(String.join(" ", command) + " failed: " + output.strip());
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.getFirst(), e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }
}
