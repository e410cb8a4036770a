package io.tallyman.agent.publish;

import io.tallyman.agent.gaps.GapOutput;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.stats.StatsOutput;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Stream;
import java.time.Instant;

/**
 * Gives readings the agent's own fields and hands them to the lane of stats. Safe from any thread:
 * one record at a time is numbered and offered, so numbers rise on the lane.
 */
public final class StatsPublisher implements StatsOutput {

  private final AgentIdentity identity;
  private final RecordSequence sequence;
  private final Lane lane;
  private final GapOutput gaps;

  public StatsPublisher(
      AgentIdentity identity, RecordSequence sequence, Lane lane, GapOutput gaps) {
    this.identity = identity;
    this.sequence = sequence;
    this.lane = lane;
    this.gaps = gaps;
  }

  @Override
  public synchronized void reading(ContainerStats.Builder stats) {
    ContainerStats record =
        stats
            .setHostId(identity.hostId())
            .setHostName(identity.hostName())
            .setAgentId(identity.agentId())
            .setIncarnation(identity.incarnation())
            .setSequence(sequence.next())
            .build();
    var _ =
        lane.offer(
            new OutgoingRecord(
                Topics.STATS.name(),
                identity.hostId(),
                record,
                record.getSampledAt(),
                identity.hostId()));
  }

  /**
   * How many readings that are is not known: which containers ran then was not looked at, and when
   * the clock was set forward there was no time in which to read any.
   */
  @Override
  public void ticksMissed(Instant from, Instant to, long ticks) {
    gaps.gap(Stream.STATS, GapReason.TICK_MISSED, from, to, null);
  }

  @Override
  public void sweepsFailed(Instant from, Instant to, long lost) {
    gaps.gap(Stream.STATS, GapReason.ENGINE_UNREACHABLE, from, to, lost);
  }
}
