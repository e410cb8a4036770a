package io.tallyman.agent.events;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk which containers stand on the topic of states, so that those that vanish while no
 * agent runs can still be buried.
 *
 * <p>A journal of {@code +id} and {@code -id} lines, written whole at the start and then appended
 * to. It survives the end of the process at any moment. Where it cannot be written the agent goes
 * on without. Used by the pipeline's thread alone; constructing does no I/O.
 */
final class PublishedContainers implements AutoCloseable {

  /** So many lines are appended before what they say is written anew, if it is much shorter. */
  static final int MANY_LINES = 10_000;

  private static final Logger log = LoggerFactory.getLogger(PublishedContainers.class);

  private final @Nullable Path file;
  private final Set<String> ids = new HashSet<>();
  private @Nullable BufferedWriter journal;
  private int lines;

  /**
   * @param file null to keep nothing
   */
  PublishedContainers(@Nullable Path file) {
    this.file = file;
  }

  /** Begins to keep, and returns what an earlier run left. */
  Set<String> open() {
    if (file == null) {
      return Set.of();
    }
    try {
      if (Files.exists(file)) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        // What follows the last line's end was cut off by a crash.
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(this::replay);
      }
      rewrite(file);
    } catch (IOException e) {
      giveUp(e);
    }
    return Set.copyOf(ids);
  }

  void add(String containerId) {
    if (ids.add(containerId)) {
      append("+" + containerId);
    }
  }

  void remove(String containerId) {
    if (ids.remove(containerId)) {
      append("-" + containerId);
    }
  }

  @Override
  public void close() {
    if (journal != null) {
      try {
        journal.close();
      } catch (IOException e) {
        log.debug("Cannot close {}", file, e);
      }
      journal = null;
    }
  }

  private void replay(String line) {
    if (line.startsWith("+")) {
      ids.add(line.substring(1));
    } else if (line.startsWith("-")) {
      ids.remove(line.substring(1));
    }
  }

  private void append(String line) {
    if (journal == null || file == null) {
      return;
    }
    try {
      journal.write(line + "\n");
      journal.flush();
      lines++;
      if (lines > MANY_LINES && lines > 2 * ids.size()) {
        rewrite(file);
      }
    } catch (IOException e) {
      giveUp(e);
    }
  }

  private void rewrite(Path target) throws IOException {
    close();
    Path fresh = target.resolveSibling(target.getFileName() + ".tmp");
    List<String> all = ids.stream().map(id -> "+" + id).toList();
    Files.write(fresh, all, StandardCharsets.ISO_8859_1);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    journal =
        Files.newBufferedWriter(target, StandardCharsets.ISO_8859_1, StandardOpenOption.APPEND);
    lines = all.size();
  }

  private void giveUp(IOException e) {
    log.warn(
        "Cannot keep {}: containers that are removed while no agent runs will be shown on ({})",
        file,
        e.toString());
    close();
  }
}
