package io.tallyman.agent.inventory;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the agent knows of one container at a moment, from list, inspect and events. Immutable.
 *
 * @param name without the leading slash
 * @param selected whether it is collected: chosen by the selection and not ignored by its label
 */
public record KnownContainer(
    String id,
    @Nullable String name,
    @Nullable String image,
    @Nullable String imageId,
    @Nullable Instant createdAt,
    LabelFacts labelFacts,
    RunState run,
    Limits limits,
    boolean selected) {

  public @Nullable String project() {
    return labelFacts.project();
  }

  public @Nullable String service() {
    return labelFacts.service();
  }

  /** The labels that may be published. */
  public Map<String, String> labels() {
    return labelFacts.allowed();
  }

  /** The interval that the container's label asks for; null when it has none. */
  public @Nullable Duration interval() {
    return labelFacts.interval();
  }

  /** Beyond which it raises an alert. */
  public AlertThresholds thresholds() {
    return labelFacts.thresholds();
  }

  public String state() {
    return run.state();
  }

  /** True for a container whose main process runs, paused or not. */
  public boolean isRunning() {
    return run.isRunning();
  }

  public @Nullable Instant startedAt() {
    return run.startedAt();
  }

  public @Nullable Long pid() {
    return run.pid();
  }

  public @Nullable String networkMode() {
    return limits.networkMode();
  }

  public @Nullable Double cpuLimit() {
    return limits.cpuLimit();
  }

  /**
   * True while the image is an identifier: either it was asked for so, or it was learned from the
   * list, which shows nothing else once the tag has moved on to another image.
   */
  public boolean isImageInDoubt() {
    return image != null && image.startsWith("sha256:");
  }

  public KnownContainer withRun(RunState newRun) {
    return new KnownContainer(
        id, name, image, imageId, createdAt, labelFacts, newRun, limits, selected);
  }
}
