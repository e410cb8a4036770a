package io.tallyman.sink.mongodb;

import io.tallyman.sink.SinkRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The changes of a batch by collection, reduced so that their order does not matter any more: of
 * one document only the newest state stays, and only the last removal, unless a state came after.
 */
final class Fold {

  /** A change and the record that asked for it. */
  record Entry<C extends Change>(SinkRecord record, C change) {}

  private final Map<Target, List<Entry<?>>> plain = new EnumMap<>(Target.class);
  private final Map<Target, Map<String, Entry<Change.State>>> states = new EnumMap<>(Target.class);
  private final Map<Target, Map<String, Entry<Change.Removal>>> removals =
      new EnumMap<>(Target.class);

  void add(SinkRecord record, Change change) {
    switch (change) {
      case Change.Fact _, Change.Episode _ ->
          plain
              .computeIfAbsent(change.target(), _ -> new ArrayList<>())
              .add(new Entry<>(record, change));
      case Change.State state ->
          states
              .computeIfAbsent(state.target(), _ -> new LinkedHashMap<>())
              .merge(state.id(), new Entry<>(record, state), Fold::newer);
      case Change.Removal removal ->
          removals
              .computeIfAbsent(removal.target(), _ -> new LinkedHashMap<>())
              .merge(removal.id(), new Entry<>(record, removal), Fold::later);
    }
  }

  private static Entry<Change.State> newer(Entry<Change.State> old, Entry<Change.State> next) {
    var newest = next.change().asOfMicros() > old.change().asOfMicros() ? next : old;
    long order = Math.max(old.change().order(), next.change().order());
    return new Entry<>(newest.record(), newest.change().at(order));
  }

  private static Entry<Change.Removal> later(
      Entry<Change.Removal> old, Entry<Change.Removal> next) {
    return next.change().order() > old.change().order() ? next : old;
  }

  /** What is left for a collection. */
  List<Entry<?>> changes(Target target) {
    List<Entry<?>> changes = new ArrayList<>(plain.getOrDefault(target, List.of()));
    var ofTarget = states.getOrDefault(target, Map.of());
    changes.addAll(ofTarget.values());
    removals
        .getOrDefault(target, Map.of())
        .forEach((id, removal) -> {
          var state = ofTarget.get(id);
          if (state == null || state.change().order() <= removal.change().order()) {
            changes.add(removal);
          }
        });
    return changes;
  }
}
