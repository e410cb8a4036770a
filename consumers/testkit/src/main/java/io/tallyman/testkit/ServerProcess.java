package io.tallyman.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A server of the distribution, run as a process with a directory of its own. One thread. */
final class ServerProcess implements AutoCloseable {

  private static final Duration MAX_START = Duration.ofSeconds(60);
  private static final long MAX_STOP_SECONDS = 20;
  private static final int MAX_ATTEMPTS = 3;

  /** As the servers, which are all made with Go, log it. */
  private static final String PORT_TAKEN = "address already in use";

  private final Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Process process;

  ServerProcess(String name) {
    try {
      directory = Files.createTempDirectory("tallyman-test-" + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it may keep files; gone after {@link #close}. */
  Path directory() {
    return directory;
  }

  /**
   * Starts it the first time by what is given, which chooses ports; again when one of them was
   * taken in between.
   */
  void startOnFreePorts(Runnable start) {
    for (int attempt = 1; ; attempt++) {
      try {
        start.run();
        return;
      } catch (IllegalStateException e) {
        if (attempt == MAX_ATTEMPTS || !String.valueOf(e.getMessage()).contains(PORT_TAKEN)) {
          throw e;
        }
      }
    }
  }

  /**
   * Starts it, with its output in a file, and returns when it answers.
   *
   * @throws IllegalStateException when it is not installed or does not come up
   */
  void start(List<String> command, URI health) {
    var log = directory.resolve("log");
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(command.getFirst() + " cannot be run: is it installed?", e);
    }
    Awaitility.await(command.getFirst() + " at " + health)
        .atMost(MAX_START)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          if (process == null || !process.isAlive()) {
            throw new IllegalStateException(
                command.getFirst() + " ended: " + Files.readString(log));
          }
          return answers(health);
        });
  }

  private boolean answers(URI health) throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(2)).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() < 300;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends the process and keeps the directory. */
  void stop() {
    if (process == null) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(MAX_STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  @Override
  public void close() {
    stop();
    http.close();
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
