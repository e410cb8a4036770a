package io.tallyman.e2e.faults;

import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what happened on an engine with what stands in Kafka.
 *
 * <p>An event is accounted for when it was told under its id, or concluded from list and inspect,
 * or lies in a gap that was told.
 */
public final class Verdict {

  private final List<Happened> happened;
  private final List<Told> told;
  private final List<StreamGap> gaps;
  private final long sameMomentNanos;
  private final Map<String, Told> firstById = new LinkedHashMap<>();
  private final Map<String, NavigableSet<Long>> concluded = new HashMap<>();

  /**
   * @param told in the order of their offsets
   * @param sameMoment how far the time of a conclusion may be from that of the event it stands for
   */
  public Verdict(
      List<Happened> happened, List<Told> told, List<StreamGap> gaps, Duration sameMoment) {
    this.happened = List.copyOf(happened);
    this.told = List.copyOf(told);
    this.gaps = gaps.stream().filter(gap -> gap.getStream() == Stream.EVENTS).toList();
    this.sameMomentNanos = sameMoment.toNanos();
    for (var event : told) {
      firstById.putIfAbsent(event.eventId(), event);
      if (event.isReconciled()) {
        concluded
            .computeIfAbsent(
                transition(event.containerId(), event.rawAction()), t -> new TreeSet<>())
            .add(event.timeNanos());
      }
    }
  }

  /** What is {@link #lost()}, in words: what happened one after the other is taken together. */
  public List<String> losses() {
    var missing = new HashSet<>(lost());
    List<String> losses = new ArrayList<>();
    Happened first = null;
    Happened last = null;
    var count = 0;
    for (var event : happened) {
      if (missing.contains(event)) {
        first = first == null ? event : first;
        last = event;
        count++;
      } else if (first != null) {
        losses.add(loss(count, first, last));
        first = null;
        count = 0;
      }
    }
    if (first != null) {
      losses.add(loss(count, first, last));
    }
    return losses;
  }

  private static String loss(int count, Happened first, Happened last) {
    return "%d from %s to %s, the first: %s %s"
        .formatted(
            count,
            Instant.EPOCH.plusNanos(first.timeNanos()),
            Instant.EPOCH.plusNanos(last.timeNanos()),
            first.rawAction(),
            first.containerId());
  }

  /** All that happened, in order. */
  public List<Happened> happened() {
    return happened;
  }

  /** What happened and is neither told nor within a gap. */
  public List<Happened> lost() {
    return notTold().stream().filter(event -> !isInGap(event.timeNanos())).toList();
  }

  /** What happened and is not told, gap or no gap. */
  public List<Happened> notTold() {
    return happened.stream()
        .filter(event -> !firstById.containsKey(event.eventId()) && !isConcluded(event))
        .toList();
  }

  /** Of these ids, those that were never told. */
  public Set<String> missing(Collection<String> accepted) {
    var missing = new HashSet<>(accepted);
    missing.removeAll(firstById.keySet());
    return missing;
  }

  /**
   * What was told and never happened. Of a conclusion the id must be the one that its fields give;
   * an event may keep back an old name that its id is made of.
   */
  public List<Told> unknown() {
    var ids = new HashSet<String>();
    var times = new HashMap<String, NavigableSet<Long>>();
    for (var event : happened) {
      ids.add(event.eventId());
      times
          .computeIfAbsent(transition(event.containerId(), event.rawAction()), t -> new TreeSet<>())
          .add(event.timeNanos());
    }
    return firstById.values().stream()
        .filter(event ->
            event.isReconciled()
                ? !event.idFits()
                    || !stands(
                        event.rawAction(),
                        event.timeNanos(),
                        times.get(transition(event.containerId(), event.rawAction())))
                : !ids.contains(event.eventId()))
        .toList();
  }

  /**
   * First reports that come after a later one: by the agent's numbers, and of what the engine sent
   * as it happened, also by the order in which it logged. Only what was read from the engine's
   * memory may come late, for its stream did not bring it.
   */
  public List<String> disorder() {
    var disorder = new ArrayList<String>();
    var places = new HashMap<String, Integer>();
    happened.forEach(event -> places.put(event.eventId(), places.size()));
    Told before = null;
    var latest = new HashMap<String, Told>();
    for (var event : firstById.values()) {
      if (before != null && compareNumbers(before, event) >= 0) {
        disorder.add(event + " numbered before " + before);
      }
      before = event;
      if (places.containsKey(event.eventId())) {
        var earlier = latest.get(event.containerId());
        var inPlace =
            earlier == null || places.get(earlier.eventId()) < places.get(event.eventId());
        if (inPlace) {
          latest.put(event.containerId(), event);
        } else if (event.isLive()) {
          disorder.add(event + " told after " + earlier);
        }
      }
    }
    return disorder;
  }

  /** Copies of what was told already. */
  public int duplicates() {
    return told.size() - firstById.size();
  }

  /** Figures for reports. */
  public String summary() {
    var missing = notTold();
    return "%d happened, %d told (%d copies, %d concluded), %d in %d gaps, %d lost"
        .formatted(
            happened.size(),
            told.size(),
            duplicates(),
            told.stream().filter(Told::isReconciled).count(),
            missing.size() - lost().size(),
            gaps.size(),
            lost().size());
  }

  private boolean isConcluded(Happened event) {
    return stands(
        event.rawAction(),
        event.timeNanos(),
        concluded.get(transition(event.containerId(), event.rawAction())));
  }

  /** Nothing tells when a container was destroyed, but that happens to each only once. */
  private boolean stands(String rawAction, long timeNanos, NavigableSet<Long> times) {
    if (times == null || rawAction.equals("destroy")) {
      return times != null;
    }
    var next = times.ceiling(timeNanos - sameMomentNanos);
    return next != null && next <= timeNanos + sameMomentNanos;
  }

  private boolean isInGap(long timeNanos) {
    var time = Instant.EPOCH.plusNanos(timeNanos).truncatedTo(ChronoUnit.MICROS);
    return gaps.stream()
        .anyMatch(gap ->
            (gap.getFrom() == null || !gap.getFrom().isAfter(time)) && !gap.getTo().isBefore(time));
  }

  private static int compareNumbers(Told left, Told right) {
    return left.incarnation() != right.incarnation()
        ? Long.compare(left.incarnation(), right.incarnation())
        : Long.compare(left.sequence(), right.sequence());
  }

  private static String transition(String containerId, String rawAction) {
    return containerId + " " + rawAction;
  }
}
