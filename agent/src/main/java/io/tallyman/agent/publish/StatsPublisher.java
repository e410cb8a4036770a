package io.tallyman.agent.publish;

import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.identity.RecordSequence;
import io.tallyman.agent.stats.StatsOutput;
import io.tallyman.schemas.Topics;
import io.tallyman.v1.ContainerStats;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives readings the agent's own fields and hands them to the lane of stats. Safe from any thread:
 * one record at a time is numbered and offered, so numbers rise on the lane.
 */
public final class StatsPublisher implements StatsOutput {

  private static final Logger log = LoggerFactory.getLogger(StatsPublisher.class);

  private final AgentIdentity identity;
  private final RecordSequence sequence;
  private final Lane lane;

  public StatsPublisher(AgentIdentity identity, RecordSequence sequence, Lane lane) {
    this.identity = identity;
    this.sequence = sequence;
    this.lane = lane;
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

  @Override
  public void ticksMissed(Instant from, Instant to, long ticks) {
    log.warn("{} ticks from {} to {} passed without readings", ticks, from, to);
  }
}
