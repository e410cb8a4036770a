package io.tallyman.agent.app;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reactivestreams.Publisher;

/**
 * Ready while the engine answers and its events are read, and Kafka takes records or the spools
 * have room for them, on a disk that works.
 */
@Singleton
@Readiness
final class AgentHealth implements HealthIndicator {

  private final AgentParts parts;

  AgentHealth(AgentParts parts) {
    this.parts = parts;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    AgentStatus status = parts.status();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("engineReachable", status.isEngineReachable());
    if (status.engineError() != null) {
      details.put("engineError", status.engineError());
    }
    details.put("kafkaReachable", status.kafkaReachable());
    if (status.kafkaError() != null) {
      details.put("kafkaError", status.kafkaError());
    }
    details.put("spoolHasRoom", status.spoolHasRoom());
    details.put("diskFailed", status.diskFailed());
    return Publishers.just(
        HealthResult.builder("agent", status.isReady() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(details)
            .build());
  }
}
