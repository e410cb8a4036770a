package io.tallyman.query.view;

import java.io.Serial;
import java.util.List;

/** More than one thing answers to what was asked for. */
public final class AmbiguousException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final transient List<Candidate> candidates;

  /** One of those that were meant, perhaps; container fields are empty for a host. */
  public record Candidate(
      String containerId, String containerName, String hostId, String hostName) {}

  /** {@code candidates} are the first few. */
  public AmbiguousException(String message, List<Candidate> candidates) {
    super(message);
    this.candidates = List.copyOf(candidates);
  }

  /** The first few that were meant, perhaps. */
  public List<Candidate> candidates() {
    return candidates;
  }
}
