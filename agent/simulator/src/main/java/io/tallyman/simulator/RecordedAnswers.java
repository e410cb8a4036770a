package io.tallyman.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers with recorded bodies, byte for byte.
 *
 * <p>Understands both layouts of the recorder: {@code stats/NAME.oneshot-1.json} with {@code
 * inspect/NAME.json}, and {@code containers/NAME/stats-oneshot-1.json} with {@code inspect.json}
 * beside it.
 */
final class RecordedAnswers implements Answers {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private record Row(String id, String name, boolean running) {}

  private final Path directory;
  private final List<Row> rows = new ArrayList<>();
  private final Map<String, AtomicInteger> oneShots = new ConcurrentHashMap<>();

  RecordedAnswers(Path directory) {
    this.directory = directory;
    try {
      for (JsonNode row : MAPPER.readTree(list(true, 0, Filters.none()))) {
        String name = row.path("Names").path(0).asText().substring(1);
        String state = row.path("State").asText();
        boolean running = state.equals("running") || state.equals("paused");
        rows.add(new Row(row.path("Id").asText(), name, running));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] version() {
    return read("version.json");
  }

  @Override
  public byte[] info() {
    return read("info.json");
  }

  @Override
  public byte[] list(boolean all, int limit, Filters filters) {
    boolean both = exists("containers-all.json");
    return read(all && both ? "containers-all.json" : "containers-running.json");
  }

  @Override
  public byte[] inspect(String reference) {
    String name = find(reference).name();
    return readFirst(reference, "inspect/" + name + ".json", at(name, "inspect.json"));
  }

  @Override
  public boolean isRunning(String reference) {
    return find(reference).running();
  }

  @Override
  public String idOf(String reference) {
    return find(reference).id();
  }

  @Override
  public byte[] oneShot(String reference) {
    Row row = find(reference);
    AtomicInteger served = oneShots.computeIfAbsent(row.id(), id -> new AtomicInteger());
    int number = served.incrementAndGet();
    while (number > 1 && !hasOneShot(row.name(), number)) {
      number--;
    }
    return readFirst(
        reference,
        "stats/" + row.name() + ".oneshot-" + number + ".json",
        at(row.name(), "stats-oneshot-" + number + ".json"));
  }

  @Override
  public StatsFeed stream(String reference) {
    String name = find(reference).name();
    byte[] frames =
        readFirst(reference, "stats/" + name + ".stream.ndjson", at(name, "stats-stream.ndjson"));
    List<String> lines = new String(frames, StandardCharsets.UTF_8).lines().toList();
    AtomicInteger next = new AtomicInteger();
    return () -> {
      int line = Math.min(next.getAndIncrement(), lines.size() - 1);
      return (lines.get(line) + "\n").getBytes(StandardCharsets.UTF_8);
    };
  }

  @Override
  public StatsFeed twoReadings(String reference) {
    String name = find(reference).name();
    byte[] body =
        readFirst(reference, "stats/" + name + ".nostream.json", at(name, "stats-nostream.json"));
    return () -> body;
  }

  private boolean hasOneShot(String name, int number) {
    return exists("stats/" + name + ".oneshot-" + number + ".json")
        || exists(at(name, "stats-oneshot-" + number + ".json"));
  }

  private Row find(String reference) {
    for (Row row : rows) {
      if (row.id().startsWith(reference) || row.name().equals(reference)) {
        return row;
      }
    }
    throw DockerError.noSuchContainer(reference);
  }

  private static String at(String name, String file) {
    return "containers/" + name + "/" + file;
  }

  private boolean exists(String file) {
    return Files.isRegularFile(directory.resolve(file));
  }

  private byte[] readFirst(String reference, String... files) {
    for (String file : files) {
      if (exists(file)) {
        return read(file);
      }
    }
    throw new DockerError(500, "not recorded for " + reference);
  }

  private byte[] read(String file) {
    try {
      return Files.readAllBytes(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
