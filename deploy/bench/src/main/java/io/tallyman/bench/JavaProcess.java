package io.tallyman.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A JVM of its own on this JVM's class path; ends with {@link #close}. */
final class JavaProcess implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(1);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Process process;
  private final Path errors;
  private final CompletableFuture<String> announced = new CompletableFuture<>();

  private JavaProcess(Process process, Path errors, String announcement) {
    this.process = process;
    this.errors = errors;
    Thread.ofVirtual().start(() -> readOutput(announcement));
  }

  /**
   * Starts a program.
   *
   * @param announcement how the line of its output begins whose rest is {@link #announced}
   * @param errors takes its standard error
   */
  static JavaProcess start(
      List<String> jvmOptions,
      String mainClass,
      List<String> arguments,
      String announcement,
      Path errors) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      return new JavaProcess(process, errors, announcement);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + mainClass, e);
    }
  }

  /** Waits for the line with which the program says that it is ready. */
  String announced() {
    try {
      return announced.get(START.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchException("a program did not get ready; see " + errors, e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** User and system time that it has used. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().map(time -> time.toNanos() / 1e9).orElse(Double.NaN);
  }

  /** Asks it to end, and makes it end when it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void readOutput(String announcement) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(announcement)) {
          announced.complete(line.substring(announcement.length()).strip());
        }
      }
    } catch (IOException e) {
      announced.completeExceptionally(e);
    }
    announced.completeExceptionally(new BenchException("it ended without getting ready"));
  }
}
