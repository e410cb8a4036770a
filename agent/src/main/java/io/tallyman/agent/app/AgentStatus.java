package io.tallyman.agent.app;

import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.identity.AgentIdentity;
import io.tallyman.agent.publish.Lane;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an agent does at a moment.
 *
 * @param engine as the engine last told it
 * @param watchingSince since when the event stream is open; null when it is not
 * @param engineAnswers whether the engine answered when it was last asked: one that hangs keeps the
 *     stream open
 * @param engineError why the event stream broke; null while all is well
 * @param kafkaReachable whether Kafka takes what the agent sends
 * @param kafkaError why it does not; null while all is well
 * @param spoolHasRoom whether both spools take what Kafka does not
 * @param diskFailed whether the disk of a spool failed, so that nothing can be promised
 * @param containers known ones, those that do not run included
 * @param collected containers of which readings are taken
 * @param statsSource as {@code HostStatus.statsSource}
 * @param events events that were new since the start
 * @param readings readings that were taken since the start
 * @param readingsFailed readings that were due and could not be taken
 * @param ticksMissed ticks that passed without readings
 * @param lanes figures of each lane, each of one moment
 */
public record AgentStatus(
    AgentIdentity identity,
    EngineInfo engine,
    Instant startedAt,
    @Nullable Instant watchingSince,
    boolean engineAnswers,
    @Nullable String engineError,
    boolean kafkaReachable,
    @Nullable String kafkaError,
    boolean spoolHasRoom,
    boolean diskFailed,
    int containers,
    int collected,
    String statsSource,
    long events,
    long readings,
    long readingsFailed,
    long ticksMissed,
    List<Lane.LaneSnapshot> lanes) {

  /** True while the agent does its whole work, or can keep what Kafka does not take. */
  public boolean isReady() {
    return isEngineReachable() && !diskFailed && (kafkaReachable || spoolHasRoom);
  }

  /** True while the engine's events are read and it answers. */
  public boolean isEngineReachable() {
    return watchingSince != null && engineAnswers;
  }
}
