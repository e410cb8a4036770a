package io.tallyman.agent.engine;

import java.time.Duration;
import java.util.List;

/** An engine that no test may ask anything; fakes answer what theirs may. */
public abstract class UnaskedEngine implements DockerEngine {

  @Override
  public EngineInfo info() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ContainerSummary> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ContainerDetails inspect(String containerId, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventStream events(EventQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StatsReading readStats(String containerId, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StatsStream streamStats(String containerId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
