package io.tallyman.query.view;

import io.tallyman.query.view.AmbiguousException.Candidate;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import java.util.List;
import java.util.Objects;

/** The containers that an id or a name can mean. */
final class Candidates {

  private Candidates() {}

  /** Those that exist. */
  static List<Candidate> ofTable(Fleet fleet) {
    return fleet.containers().stream().map(state -> of(state.value())).toList();
  }

  /** Those that were sampled in the last days, whether they exist or not. */
  static List<Candidate> ofSamples(Fleet fleet) {
    return fleet.samplesByKey().values().stream()
        .map(sampled -> of(sampled.sample().value()))
        .toList();
  }

  /** The one that an event tells of. */
  static Candidate of(ContainerEvent event) {
    return new Candidate(
        event.getContainerId(),
        Objects.requireNonNullElse(event.getContainerName(), ""),
        event.getHostId(),
        event.getHostName());
  }

  private static Candidate of(ContainerState state) {
    return new Candidate(
        state.getContainerId(),
        Objects.requireNonNullElse(state.getContainerName(), ""),
        state.getHostId(),
        state.getHostName());
  }

  private static Candidate of(ContainerStats stats) {
    return new Candidate(
        stats.getContainerId(),
        Objects.requireNonNullElse(stats.getContainerName(), ""),
        stats.getHostId(),
        stats.getHostName());
  }
}
