package io.tallyman.query.live;

import org.jspecify.annotations.Nullable;

/**
 * What a client of the stream listens to. Clients with equal filters share their frames.
 *
 * @param host id or name; null for all
 * @param container full id, prefix of 12 or more, or name; null for all
 */
public record LiveFilter(
    boolean stats, boolean events, @Nullable String host, @Nullable String container) {

  private static final int MIN_PREFIX_LENGTH = 12;

  boolean matches(
      String hostId, String hostName, String containerId, @Nullable String containerName) {
    return (host == null || host.equals(hostId) || host.equals(hostName))
        && (container == null
            || container.equals(containerName)
            || (container.length() >= MIN_PREFIX_LENGTH && containerId.startsWith(container)));
  }
}
