package io.tallyman.e2e.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BlkioRateDevice;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.LogUtils;

/** The containers of one test on the real engine; those that are left are removed on close. */
final class Containers implements AutoCloseable {

  /** Each has it, with the {@link #run()} as its value. */
  static final String LABEL = "io.tallyman.test";

  private static final long NO_REAL_LIMIT = 1L << 40;
  private static final Duration EVENTS_LIMIT = Duration.ofSeconds(60);

  private final DockerClient engine = DockerClientFactory.lazyClient();
  private final String image;
  private final String run = "tallyman-e2e-" + UUID.randomUUID().toString().substring(0, 8);
  private final List<String> made = new ArrayList<>();

  Containers() throws Exception {
    image = TestImages.busybox(engine).asCanonicalNameString();
  }

  DockerClient engine() {
    return engine;
  }

  String run() {
    return run;
  }

  /** A name that no other test run has; all begin with {@link #prefix()}. */
  String name(String name) {
    return prefix() + name;
  }

  String prefix() {
    return run + "-";
  }

  /** Starts one that only sleeps. */
  String startSleeper(String name) {
    return start(name, Map.of(), "sleep 1000");
  }

  /** Starts one that runs a script of the shell, and returns its id. */
  String start(String name, Map<String, String> labels, String script) {
    return start(name, labels, HostConfig.newHostConfig(), script);
  }

  /** Starts one whose block I/O is counted: newer kernels count it only where it has a limit. */
  String startCounted(String name, String script) throws IOException {
    var disk = new BlkioRateDevice().withPath(disk()).withRate(NO_REAL_LIMIT);
    var host = HostConfig.newHostConfig().withBlkioDeviceWriteBps(List.of(disk));
    return start(name, Map.of(), host, script);
  }

  /** The whole disk on which the engine keeps its containers. */
  private String disk() throws IOException {
    var root = Path.of(requireNonNull(engine.infoCmd().exec().getDockerRootDir()));
    var device = Path.of(Files.getFileStore(root).name());
    var known = Path.of("/sys/class/block").resolve(device.toRealPath().getFileName());
    var isPart = Files.exists(known.resolve("partition"));
    var disk = isPart ? requireNonNull(known.toRealPath().getParent()) : known;
    return "/dev/" + disk.getFileName();
  }

  private String start(String name, Map<String, String> labels, HostConfig host, String script) {
    var all = new HashMap<>(labels);
    all.put(LABEL, run);
    var id =
        engine
            .createContainerCmd(image)
            .withName(name(name))
            .withLabels(all)
            .withHostConfig(host)
            .withCmd("/bin/sh", "-c", script)
            .exec()
            .getId();
    made.add(id);
    engine.startContainerCmd(id).exec();
    return id;
  }

  /** What it wrote until now. */
  String output(String id) {
    return LogUtils.getOutput(engine, id);
  }

  /** Removes it, running or not. */
  void remove(String id) {
    engine.removeContainerCmd(id).withForce(true).exec();
    made.remove(id);
  }

  /** When the engine says that this happened to it, for the last time since then. */
  Instant timeOf(String action, String id, Instant since) throws InterruptedException, IOException {
    List<Event> events = new CopyOnWriteArrayList<>();
    var callback =
        new ResultCallback.Adapter<Event>() {
          @Override
          public void onNext(Event event) {
            events.add(event);
          }
        };
    try (var answer =
        engine
            .eventsCmd()
            .withContainerFilter(id)
            .withSince(Long.toString(since.getEpochSecond()))
            .withUntil(Long.toString(Instant.now().getEpochSecond() + 1))
            .exec(callback)) {
      answer.awaitCompletion(EVENTS_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    return events.stream()
        .filter(event -> action.equals(event.getAction()))
        .reduce((earlier, later) -> later)
        .map(event -> Instant.EPOCH.plusNanos(requireNonNull(event.getTimeNano())))
        .orElseThrow(() -> new AssertionError("the engine has no event " + action));
  }

  @Override
  public void close() {
    for (var id : List.copyOf(made)) {
      try {
        remove(id);
      } catch (NotFoundException e) {
        // It removed itself.
        made.remove(id);
      }
    }
  }
}
