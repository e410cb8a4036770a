package io.tallyman.query.view;

import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events. Absent filters let everything pass.
 *
 * @param from inclusive
 * @param to exclusive
 * @param actions empty for all
 * @param host id or name
 * @param container full id, prefix of 12 or more, or name at the time of the event
 * @param cursor as given by the page before
 */
public record EventQuery(
    @Nullable Instant from,
    @Nullable Instant to,
    Set<Action> actions,
    @Nullable String host,
    @Nullable String container,
    int limit,
    @Nullable String cursor) {

  private static final int MIN_PREFIX_LENGTH = 12;

  boolean matches(ContainerEvent event) {
    return (actions.isEmpty() || actions.contains(event.getAction()))
        && (host == null || host.equals(event.getHostId()) || host.equals(event.getHostName()))
        && (container == null || isOf(container, event));
  }

  private static boolean isOf(String container, ContainerEvent event) {
    return container.equals(event.getContainerName())
        || (container.length() >= MIN_PREFIX_LENGTH
            && event.getContainerId().startsWith(container));
  }
}
