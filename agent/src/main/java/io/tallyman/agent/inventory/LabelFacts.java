package io.tallyman.agent.inventory;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the labels of a container tell, worked out once because labels never change; the labels that
 * are not allowed are not kept.
 *
 * @param allowed labels that may be published, values capped and redacted
 * @param shadowing names of event attributes that a label of this container overwrites, such as
 *     {@code exitCode}
 * @param complete false when the labels were guessed from an event that carries attributes of its
 *     own, so that {@code shadowing} is not to be relied on
 * @param interval wish of label {@code tallyman.interval}; null without a valid one
 * @param ignored label {@code tallyman.ignore=true}
 * @param chosen false when the selection by labels leaves the container out
 * @param thresholds beyond which the container raises an alert
 */
public record LabelFacts(
    Map<String, String> allowed,
    @Nullable String project,
    @Nullable String service,
    Set<String> shadowing,
    boolean complete,
    @Nullable Duration interval,
    boolean ignored,
    boolean chosen,
    AlertThresholds thresholds) {

  public LabelFacts {
    allowed = Map.copyOf(allowed);
    shadowing = Set.copyOf(shadowing);
  }

  /** True when the attribute of an event is surely the event's own and not a label. */
  public boolean provesAttribute(String attribute) {
    return complete && !shadowing.contains(attribute);
  }
}
