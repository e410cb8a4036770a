package io.tallyman.query.state;

import io.tallyman.query.state.TimelineScan.Filter;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.StreamGap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Says which records match. */
final class TimelineFilters {

  private static final int MIN_PREFIX_LENGTH = 12;

  private TimelineFilters() {}

  static boolean matches(SpecificRecord record, Filter filter) {
    return switch (record) {
      case ContainerEvent event ->
          isOn(filter, event.getHostId(), event.getHostName())
              && isOf(filter, event.getContainerId(), event.getContainerName())
              && isKind(filter, event.getAction());
      case StreamGap gap ->
          isOn(filter, gap.getHostId(), gap.getHostId())
              && isKind(filter, gap.getReason())
              && (filter.streams().isEmpty() || filter.streams().contains(gap.getStream().name()));
      case ContainerAlert alert ->
          isOn(filter, alert.getHostId(), alert.getHostName())
              && isOf(filter, alert.getContainerId(), alert.getContainerName())
              && isKind(filter, alert.getResource())
              && (filter.active() == null
                  || filter.active() == (alert.getPhase() != AlertPhase.CLEARED));
      default -> false;
    };
  }

  private static boolean isOn(Filter filter, String hostId, String hostName) {
    String host = filter.host();
    return host == null || host.equals(hostId) || host.equals(hostName);
  }

  private static boolean isOf(Filter filter, String id, @Nullable String name) {
    String container = filter.container();
    return container == null
        || container.equals(name)
        || (container.length() >= MIN_PREFIX_LENGTH && id.startsWith(container));
  }

  private static boolean isKind(Filter filter, Enum<?> kind) {
    return filter.kinds().isEmpty() || filter.kinds().contains(kind.name());
  }
}
