package io.tallyman.query.live;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the stream tells of; each has a topic and a name for its frames. */
public enum LiveKind {
  STATS,
  EVENTS,
  GAPS,
  ALERTS;

  /** As in the parameter {@code types} and in frames. */
  public String frameName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind of that name. */
  public static Optional<LiveKind> named(String frameName) {
    return Arrays.stream(values()).filter(kind -> kind.frameName().equals(frameName)).findFirst();
  }

  Topic topic() {
    return switch (this) {
      case STATS -> Topics.STATS;
      case EVENTS -> Topics.EVENTS;
      case GAPS -> Topics.GAPS;
      case ALERTS -> Topics.ALERTS;
    };
  }

  /** Whether a client that comes back gets what it missed; of samples it gets the latest. */
  boolean isResumable() {
    return this != STATS;
  }

  /** Begins the name of each of its partitions in a position. */
  char letter() {
    return frameName().charAt(0);
  }
}
