package io.tallyman.query.live;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the stream listens to. Clients with equal filters share their frames.
 *
 * @param kinds what it wants to hear of
 * @param host id or name; null for all. A gap tells its host's id alone
 * @param container full id, prefix of 12 or more, or name; null for all. Gaps have none, and pass
 */
public record LiveFilter(Set<LiveKind> kinds, @Nullable String host, @Nullable String container) {

  private static final int MIN_PREFIX_LENGTH = 12;

  /** Copies the set. */
  public LiveFilter {
    kinds = Set.copyOf(kinds);
  }

  /** Everything. */
  public static LiveFilter all() {
    return new LiveFilter(EnumSet.allOf(LiveKind.class), null, null);
  }

  boolean stats() {
    return kinds.contains(LiveKind.STATS);
  }

  boolean matches(
      String hostId, String hostName, String containerId, @Nullable String containerName) {
    return (host == null || host.equals(hostId) || host.equals(hostName))
        && (container == null
            || container.equals(containerName)
            || (container.length() >= MIN_PREFIX_LENGTH && containerId.startsWith(container)));
  }

  boolean matchesHost(String hostId) {
    return host == null || host.equals(hostId);
  }
}
