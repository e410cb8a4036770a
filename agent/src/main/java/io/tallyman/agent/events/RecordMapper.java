package io.tallyman.agent.events;

import io.tallyman.agent.engine.EngineEvent;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.inventory.KnownContainer;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.Origin;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** From what is known to records. Pure. */
final class RecordMapper {

  private final AgentIdentity identity;

  RecordMapper(AgentIdentity identity) {
    this.identity = identity;
  }

  /**
   * What an event says, told apart from what labels make it say; null where it cannot be known.
   *
   * @param health only of a change of health
   */
  record Facts(
      @Nullable Integer exitCode,
      @Nullable Integer signal,
      @Nullable Boolean oomKilled,
      @Nullable String oldName,
      @Nullable String health) {}

  ContainerEvent event(
      EngineEvent event,
      Action action,
      String eventId,
      Origin origin,
      KnownContainer container,
      Facts facts,
      Instant observedAt,
      long sequence) {
    return ContainerEvent.newBuilder()
        .setEventId(eventId)
        .setHostId(identity.hostId())
        .setHostName(identity.hostName())
        .setContainerId(event.containerId())
        .setContainerName(container.name())
        .setImage(container.image())
        .setProject(container.project())
        .setService(container.service())
        .setLabels(container.labels())
        .setAgentId(identity.agentId())
        .setIncarnation(identity.incarnation())
        .setSequence(sequence)
        .setTime(micros(Nanos.toInstant(event.timeNanos())))
        .setTimeNanos(event.timeNanos())
        .setObservedAt(micros(observedAt))
        .setAction(action)
        .setRawAction(event.action())
        .setExitCode(facts.exitCode())
        .setSignal(facts.signal())
        .setOomKilled(facts.oomKilled())
        .setOldName(facts.oldName())
        .setHealth(facts.health())
        .setOrigin(origin)
        .build();
  }

  ContainerState state(KnownContainer container, Instant asOf, long sequence) {
    return ContainerState.newBuilder()
        .setHostId(identity.hostId())
        .setHostName(identity.hostName())
        .setContainerId(container.id())
        .setContainerName(container.name())
        .setImage(container.image())
        .setProject(container.project())
        .setService(container.service())
        .setLabels(container.labels())
        .setAgentId(identity.agentId())
        .setIncarnation(identity.incarnation())
        .setSequence(sequence)
        .setState(container.run().state())
        .setHealth(container.run().health())
        .setFailingStreak(container.run().failingStreak())
        .setCreatedAt(microsOrNull(container.createdAt()))
        .setStartedAt(microsOrNull(container.run().startedAt()))
        .setFinishedAt(microsOrNull(container.run().finishedAt()))
        .setExitCode(container.run().exitCode())
        .setOomKilled(container.run().oomKilled())
        .setRestartCount(container.run().restartCount())
        .setPid(container.run().pid())
        .setImageId(container.imageId())
        .setNetworkMode(container.limits().networkMode())
        .setCpuLimit(container.limits().cpuLimit())
        .setMemoryLimitBytes(container.limits().memoryLimitBytes())
        .setPidsLimit(container.limits().pidsLimit())
        .setAsOf(micros(asOf))
        .build();
  }

  private static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  private static @Nullable Instant microsOrNull(@Nullable Instant instant) {
    return instant == null ? null : micros(instant);
  }
}
