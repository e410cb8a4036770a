package io.tallyman.agent.events;

import io.tallyman.agent.inventory.RunState;
import io.tallyman.v1.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the watch has to know of an earlier run to go on where that was: as of one moment.
 *
 * @param told until where all events were accepted, nanoseconds since 1970
 * @param audited until where the engine's memory was compared
 * @param lastEvent of the latest event that the engine is known to have logged; null for none
 * @param eventIds identifiers of the latest accepted events, oldest first
 * @param containers that are collected, as events told of them
 * @param conclusions whose own event may still come
 * @param gone containers whose end was concluded, oldest first
 * @param stopped true when the run ended in good order after this
 */
record Checkpoint(
    long told,
    long audited,
    @Nullable Long lastEvent,
    List<String> eventIds,
    List<Kept> containers,
    List<Concluded> conclusions,
    List<String> gone,
    boolean stopped) {

  private static final String VERSION = "tallyman-watch 1";
  private static final String NONE = "-";

  Checkpoint {
    eventIds = List.copyOf(eventIds);
    containers = List.copyOf(containers);
    conclusions = List.copyOf(conclusions);
    gone = List.copyOf(gone);
  }

  /**
   * A container.
   *
   * @param timesKnown whether it is known when its run started and ended
   */
  record Kept(
      String id,
      @Nullable String name,
      @Nullable String image,
      @Nullable Instant createdAt,
      String state,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      boolean timesKnown) {

    RunState run() {
      return new RunState(state, startedAt, finishedAt, null, null, null, null, null, null);
    }
  }

  /** A transition that was concluded. */
  record Concluded(String containerId, Action action, Instant at) {}

  /** As lines of words; the last one says that it is whole. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(VERSION);
    lines.add("cursor %d %d %s".formatted(told, audited, lastEvent == null ? NONE : lastEvent));
    eventIds.forEach(id -> lines.add("event " + id));
    for (Kept each : containers) {
      lines.add(
          "container %s %s %s %s %s %s %s %b"
              .formatted(
                  each.id(),
                  text(each.name()),
                  text(each.image()),
                  time(each.createdAt()),
                  each.state(),
                  time(each.startedAt()),
                  time(each.finishedAt()),
                  each.timesKnown()));
    }
    for (Concluded each : conclusions) {
      lines.add(
          "concluded %s %s %d".formatted(each.containerId(), each.action(), Nanos.of(each.at())));
    }
    gone.forEach(id -> lines.add("gone " + id));
    if (stopped) {
      lines.add("stopped");
    }
    lines.add("end");
    return lines;
  }

  /**
   * Reads what {@link #lines} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static Checkpoint parse(List<String> lines) {
    if (lines.size() < 3 || !lines.getFirst().equals(VERSION) || !lines.getLast().equals("end")) {
      throw new IllegalArgumentException("not written by this version, or not whole");
    }
    String[] cursor = words(lines.get(1), "cursor", 4);
    List<String> ids = new ArrayList<>();
    List<Kept> containers = new ArrayList<>();
    List<Concluded> conclusions = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    boolean stopped = false;
    for (String line : lines.subList(2, lines.size() - 1)) {
      switch (line.split(" ", 2)[0]) {
        case "event" -> ids.add(words(line, "event", 2)[1]);
        case "container" -> containers.add(container(words(line, "container", 9)));
        case "concluded" -> {
          String[] words = words(line, "concluded", 4);
          conclusions.add(
              new Concluded(
                  words[1], Action.valueOf(words[2]), Nanos.toInstant(Long.parseLong(words[3]))));
        }
        case "stopped" -> stopped = true;
        case "gone" -> gone.add(words(line, "gone", 2)[1]);
        default -> throw new IllegalArgumentException("unknown line");
      }
    }
    return new Checkpoint(
        Long.parseLong(cursor[1]),
        Long.parseLong(cursor[2]),
        cursor[3].equals(NONE) ? null : Long.valueOf(cursor[3]),
        ids,
        containers,
        conclusions,
        gone,
        stopped);
  }

  private static Kept container(String[] words) {
    return new Kept(
        words[1],
        textOrNull(words[2]),
        textOrNull(words[3]),
        timeOrNull(words[4]),
        words[5],
        timeOrNull(words[6]),
        timeOrNull(words[7]),
        Boolean.parseBoolean(words[8]));
  }

  private static String[] words(String line, String kind, int count) {
    String[] words = line.split(" ", -1);
    if (words.length != count || !words[0].equals(kind)) {
      throw new IllegalArgumentException("a line of " + kind + " with " + words.length + " words");
    }
    return words;
  }

  private static String text(@Nullable String text) {
    return text == null || text.isEmpty() || text.chars().anyMatch(Character::isWhitespace)
        ? NONE
        : text;
  }

  private static @Nullable String textOrNull(String word) {
    return word.equals(NONE) ? null : word;
  }

  private static String time(@Nullable Instant time) {
    return time == null ? NONE : Long.toString(Nanos.of(time));
  }

  private static @Nullable Instant timeOrNull(String word) {
    return word.equals(NONE) ? null : Nanos.toInstant(Long.parseLong(word));
  }
}
