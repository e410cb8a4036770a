package io.tallyman.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A Docker Engine of the test's own, without any network, which it may end and start; containers
 * live on meanwhile. Needs root and {@code dockerd}.
 */
public final class OwnEngine implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final long STOP_SECONDS = 30;

  private final Path directory;
  private final EngineEndpoint endpoint;
  private Process daemon;

  public OwnEngine() throws IOException {
    directory = Files.createTempDirectory("tallyman-engine");
    endpoint = EngineEndpoint.of(URI.create("unix://" + directory.resolve("docker.sock")));
    daemon = launch();
  }

  public EngineEndpoint endpoint() {
    return endpoint;
  }

  private Process launch() throws IOException {
    Process started =
        new ProcessBuilder(
                // One without a bridge removes docker0 from the network that it finds itself in.
                "unshare",
                "--net",
                "dockerd",
                "--host=" + endpoint.host(),
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--bridge=none",
                "--iptables=false",
                "--live-restore")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    Awaitility.await()
        .atMost(START)
        .until(() -> {
          assertThat(started.isAlive()).as("dockerd, see its log in %s", directory).isTrue();
          return answers();
        });
    return started;
  }

  private boolean answers() {
    try (DockerJavaEngine engine = new DockerJavaEngine(endpoint)) {
      engine.list();
      return true;
    } catch (EngineException e) {
      return false;
    }
  }

  /** Ends the daemon; what it started lives on. */
  public void goDown() throws InterruptedException {
    daemon.destroy();
    assertThat(daemon.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).as("dockerd ends").isTrue();
  }

  /** Starts the daemon again; returns once it answers. */
  public void comeBack() throws IOException {
    daemon = launch();
  }

  /** Kills a process of a container, whether the daemon runs or not. */
  public static void killProcess(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() throws IOException {
    daemon.destroy();
    end(daemon);
    // Shims that were left carry the directory on their command lines.
    ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").contains(directory + "/"))
        .forEach(ProcessHandle::destroyForcibly);
    unmountAll();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private static void end(Process process) {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void unmountAll() throws IOException {
    List<String> mounted =
        Files.readAllLines(Path.of("/proc/mounts")).stream()
            .map(line -> line.split(" ", 3)[1])
            .filter(path -> path.startsWith(directory + "/"))
            .sorted(Comparator.reverseOrder())
            .toList();
    for (String path : mounted) {
      end(new ProcessBuilder("umount", "-l", path).inheritIO().start());
    }
  }
}
