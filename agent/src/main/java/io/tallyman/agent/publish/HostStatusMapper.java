package io.tallyman.agent.publish;

import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.LaneStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * From what is known of the host to its heartbeat. Pure.
 *
 * @param tags of the host, from configuration
 */
public record HostStatusMapper(
    AgentIdentity identity,
    String agentVersion,
    Duration interval,
    Map<String, String> tags,
    Instant startedAt) {

  public HostStatusMapper {
    tags = Map.copyOf(tags);
  }

  /**
   * @param engineAnswers false: {@code info} is from before, and what changes all the time is left
   *     out
   */
  HostStatus status(
      EngineInfo info,
      boolean engineAnswers,
      String statsSource,
      List<Lane.LaneSnapshot> lanes,
      long gaps,
      Instant asOf) {
    return HostStatus.newBuilder()
        .setHostId(identity.hostId())
        .setHostName(identity.hostName())
        .setAgentId(identity.agentId())
        .setAgentVersion(agentVersion)
        .setEngineVersion(info.engineVersion())
        .setApiVersion(info.apiVersion())
        .setOsType(info.osType())
        .setKernelVersion(info.kernelVersion())
        .setCgroupVersion(info.cgroupVersion())
        .setCgroupDriver(info.cgroupDriver())
        .setCpus(info.cpus())
        .setMemoryBytes(info.memoryBytes())
        .setContainersRunning(engineAnswers ? info.containersRunning() : null)
        .setContainersPaused(engineAnswers ? info.containersPaused() : null)
        .setContainersStopped(engineAnswers ? info.containersStopped() : null)
        .setImages(engineAnswers ? info.images() : null)
        .setGoroutines(engineAnswers ? info.goroutines() : null)
        .setFileDescriptors(engineAnswers ? info.fileDescriptors() : null)
        .setStatsSource(statsSource)
        .setIntervalMillis(interval.toMillis())
        .setLanes(lanes.stream().map(HostStatusMapper::lane).toList())
        .setGaps(gaps)
        .setIncarnation(identity.incarnation())
        .setRunId(identity.runId())
        .setTags(tags)
        .setStartedAt(startedAt.truncatedTo(ChronoUnit.MICROS))
        .setAsOf(asOf.truncatedTo(ChronoUnit.MICROS))
        .build();
  }

  private static LaneStatus lane(Lane.LaneSnapshot lane) {
    return LaneStatus.newBuilder()
        .setLane(lane.lane())
        .setObserved(lane.observed())
        .setInherited(lane.inherited())
        .setAcknowledged(lane.acknowledged())
        .setSpooled(lane.spooled())
        .setQueued(lane.queued())
        .setDropped(lane.dropped())
        .setSpoolBytes(lane.spoolBytes())
        .build();
  }
}
