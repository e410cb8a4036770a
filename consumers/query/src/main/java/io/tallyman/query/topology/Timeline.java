package io.tallyman.query.topology;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * A kind of record that is kept by time, and how.
 *
 * @param topic without prefix
 * @param store {@link TimelineKey} to the record as it was framed
 * @param index {@link TimelineKey#indexed} of each term that a record is found by to nothing
 */
public record Timeline<T extends SpecificRecord>(
    Class<T> type, Topic topic, String store, String index, Facts<T> facts) {

  public static final Timeline<ContainerEvent> EVENTS =
      new Timeline<>(
          ContainerEvent.class,
          Topics.EVENTS,
          "events",
          "events-index",
          new Facts<>(
              ContainerEvent::getTimeNanos,
              ContainerEvent::getHostId,
              ContainerEvent::getEventId,
              Timeline::terms,
              (later, known) -> false));

  public static final Timeline<StreamGap> GAPS =
      new Timeline<>(
          StreamGap.class,
          Topics.GAPS,
          "gaps",
          "gaps-index",
          new Facts<>(
              gap -> nanos(gap.getTo()),
              StreamGap::getHostId,
              StreamGap::getGapId,
              gap -> List.of(host(gap.getHostId())),
              (later, known) -> false));

  public static final Timeline<ContainerAlert> ALERTS =
      new Timeline<>(
          ContainerAlert.class,
          Topics.ALERTS,
          "alerts",
          "alerts-index",
          new Facts<>(
              alert -> nanos(alert.getSince()),
              ContainerAlert::getHostId,
              ContainerAlert::getAlertId,
              Timeline::terms,
              Timeline::ends));

  public static final List<Timeline<?>> ALL = List.of(EVENTS, GAPS, ALERTS);

  /** Whether records are indexed by the names of their kinds and of their containers. */
  public boolean hasNames() {
    return type == ContainerEvent.class;
  }

  /** Whether records are indexed by the ids of their containers. */
  public boolean hasContainers() {
    return type != StreamGap.class;
  }

  /** The one whose store has that name. */
  public static Timeline<?> of(String store) {
    return ALL.stream()
        .filter(timeline -> timeline.store().equals(store))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No timeline is kept in " + store));
  }

  /**
   * What a record says of its place.
   *
   * @param nanos since 1970
   * @param terms what it can be found by
   * @param replaces whether a record that comes later takes the place of the first report under its
   *     key: the later one first, then the known
   */
  record Facts<T>(
      ToLongFunction<T> nanos,
      Function<T, String> hostId,
      Function<T, String> id,
      Function<T, List<String>> terms,
      BiPredicate<T, T> replaces) {}

  /** Term of a host's records, by id or by the name it had then. */
  public static String host(String idOrName) {
    return "h:" + idOrName;
  }

  /** Term of a container's records; {@code containerId} is the full one. */
  public static String container(String containerId) {
    return "c:" + containerId;
  }

  /** Term of the records of containers that had this name then. */
  public static String name(String containerName) {
    return "n:" + containerName;
  }

  /** Term of the events of an action. */
  public static String action(String action) {
    return "a:" + action;
  }

  String waitingStore() {
    return "waiting-" + store;
  }

  private static List<String> terms(ContainerEvent event) {
    List<String> terms = new ArrayList<>(hosts(event.getHostId(), event.getHostName()));
    terms.add(container(event.getContainerId()));
    if (event.getContainerName() != null) {
      terms.add(name(event.getContainerName()));
    }
    terms.add(action(event.getAction().name()));
    return terms;
  }

  private static List<String> terms(ContainerAlert alert) {
    List<String> terms = new ArrayList<>(hosts(alert.getHostId(), alert.getHostName()));
    terms.add(container(alert.getContainerId()));
    return terms;
  }

  /** Start and end of an episode share their id and its begin: one place, and the end is final. */
  private static boolean ends(ContainerAlert later, ContainerAlert known) {
    return known.getPhase() != AlertPhase.CLEARED && later.getPhase() == AlertPhase.CLEARED;
  }

  private static List<String> hosts(String id, String name) {
    return id.equals(name) ? List.of(host(id)) : List.of(host(id), host(name));
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
