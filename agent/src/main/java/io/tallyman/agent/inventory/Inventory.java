package io.tallyman.agent.inventory;

import io.tallyman.agent.engine.ContainerDetails;
import io.tallyman.agent.engine.ContainerSummary;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The containers of the host, those that do not run included.
 *
 * <p>Safe from any thread. One thread, the event pipeline's, changes it; what it hands out is
 * immutable, and each change of a container is seen whole or not at all.
 */
public final class Inventory {

  private final LabelPolicy labels;
  private final Selection selection;
  private final Set<Mechanism> off;
  private final Map<String, KnownContainer> containers = new ConcurrentHashMap<>();
  private volatile boolean complete;

  public Inventory(LabelPolicy labels, Selection selection) {
    this(labels, selection, Set.of());
  }

  Inventory(LabelPolicy labels, Selection selection, Set<Mechanism> off) {
    this.labels = labels;
    this.selection = selection;
    this.off = off;
  }

  /** The container with this whole identifier; null when it is not known. */
  public @Nullable KnownContainer find(String containerId) {
    return containers.get(containerId);
  }

  /** All containers, the ones that are not collected included, in no order. */
  public List<KnownContainer> all() {
    return List.copyOf(containers.values());
  }

  /** The containers of which readings are to be taken: selected, and running or paused. */
  public List<KnownContainer> collected() {
    return containers.values().stream().filter(c -> c.selected() && c.isRunning()).toList();
  }

  public int size() {
    return containers.size();
  }

  /** Takes note that all containers of the host were learned once. */
  public void becameComplete() {
    complete = true;
  }

  /** False at first, when a container that is not found may only not have been learned yet. */
  public boolean isComplete() {
    return complete;
  }

  /** Takes over what a row of the list tells; what only inspect tells is kept from before. */
  public KnownContainer learn(ContainerSummary row) {
    KnownContainer old = containers.get(row.id());
    RunState run =
        old == null
            ? RunState.of(row.state())
            : old.state().equals(row.state()) ? old.run() : old.run().withState(row.state());
    Limits limits = old == null ? Limits.UNKNOWN : old.limits();
    if (row.networkMode() != null) {
      limits =
          new Limits(
              row.networkMode(), limits.cpuLimit(), limits.memoryLimitBytes(), limits.pidsLimit());
    }
    return put(
        make(
            row.id(),
            !row.name().isEmpty() ? row.name() : old == null ? null : old.name(),
            old != null && old.image() != null ? old.image() : row.image(),
            row.imageId(),
            row.createdAt(),
            factsOf(old, row.labels(), true),
            run,
            limits));
  }

  /** Takes over a container as an earlier run of the agent knew it. */
  public void remember(KnownContainer known) {
    put(known);
  }

  /** Takes over what an inspect tells. */
  public KnownContainer learn(ContainerDetails details) {
    KnownContainer old = containers.get(details.id());
    return put(
        make(
            details.id(),
            details.name(),
            details.image(),
            details.imageId(),
            details.createdAt(),
            factsOf(old, details.labels(), true),
            runOf(details),
            new Limits(
                details.networkMode(),
                details.cpuLimit(),
                details.memoryLimitBytes(),
                details.pidsLimit())));
  }

  /**
   * Takes over who the container is from the attributes of an event.
   *
   * @param own names of attributes that are the event's own and so no labels; when there are none,
   *     the attributes show all labels
   * @param createdAt null unless the event tells it
   */
  public KnownContainer learn(
      String containerId,
      Map<String, String> attributes,
      Set<String> own,
      @Nullable Instant createdAt) {
    return put(described(containerId, attributes, own, createdAt));
  }

  /** What {@link #learn} would make of the attributes; nothing is kept. */
  public KnownContainer described(
      String containerId,
      Map<String, String> attributes,
      Set<String> own,
      @Nullable Instant createdAt) {
    KnownContainer old = containers.get(containerId);
    Map<String, String> rest = new HashMap<>(attributes);
    String name = rest.remove("name");
    String image = rest.remove("image");
    own.forEach(rest::remove);
    LabelFacts facts = factsOf(old, rest, own.isEmpty());
    return make(
        containerId,
        name != null ? name : old == null ? null : old.name(),
        image != null ? image : old == null ? null : old.image(),
        old == null ? null : old.imageId(),
        createdAt != null ? createdAt : old == null ? null : old.createdAt(),
        facts,
        old == null ? RunState.of("created") : old.run(),
        old == null ? Limits.UNKNOWN : old.limits());
  }

  /** Changes where a known container is in its life; does nothing to an unknown one. */
  public @Nullable KnownContainer change(String containerId, UnaryOperator<RunState> change) {
    return containers.computeIfPresent(
        containerId, (id, known) -> known.withRun(change.apply(known.run())));
  }

  /** Removes a container; returns what was known of it, null when nothing was. */
  public @Nullable KnownContainer forget(String containerId) {
    return containers.remove(containerId);
  }

  private KnownContainer put(KnownContainer known) {
    containers.put(known.id(), known);
    return known;
  }

  private KnownContainer make(
      String id,
      @Nullable String name,
      @Nullable String image,
      @Nullable String imageId,
      @Nullable Instant createdAt,
      LabelFacts facts,
      RunState run,
      Limits limits) {
    boolean selected =
        facts.chosen() && !facts.ignored() && selection.choosesNameAndImage(name, image);
    return new KnownContainer(id, name, image, imageId, createdAt, facts, run, limits, selected);
  }

  private LabelFacts factsOf(
      @Nullable KnownContainer old, Map<String, String> all, boolean complete) {
    return old != null && (old.labelFacts().complete() || !complete)
        ? old.labelFacts()
        : labels.facts(all, complete, selection, off);
  }

  private static RunState runOf(ContainerDetails details) {
    boolean ran = details.startedAt() != null && !details.isRunning();
    return new RunState(
        details.status(),
        details.startedAt(),
        details.finishedAt(),
        ran ? (Integer) details.exitCode() : null,
        details.oomKilled(),
        details.restartCount(),
        details.pid(),
        details.health(),
        details.failingStreak());
  }
}
