package io.tallyman.cli.up;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Samples a second of all hosts, from what two heartbeats of each say was acknowledged. */
final class SampleRate {

  private record Beat(Instant asOf, String run, long acknowledged) {}

  private final Map<String, Beat> beats = new HashMap<>();
  private final Map<String, Double> rates = new HashMap<>();

  /** The rate after these hosts; null until one of them has sent two heartbeats. */
  @Nullable Double of(JsonNode hosts) {
    for (JsonNode host : hosts) {
      Instant asOf = TallyFeed.instant(host.path("asOf"));
      if (asOf != null) {
        seen(
            host.path("hostId").asText(),
            new Beat(asOf, host.path("runId").asText(), acknowledged(host)));
      }
    }
    return rates.isEmpty() ? null : rates.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private void seen(String host, Beat beat) {
    Beat before = beats.put(host, beat);
    if (before == null || !before.run().equals(beat.run())) {
      rates.remove(host);
      return;
    }
    double seconds = Duration.between(before.asOf(), beat.asOf()).toMillis() / 1_000.0;
    if (seconds > 0) {
      rates.put(host, (beat.acknowledged() - before.acknowledged()) / seconds);
    }
  }

  private static long acknowledged(JsonNode host) {
    long sum = 0;
    for (JsonNode lane : host.path("lanes")) {
      if (lane.path("lane").asText().equals("stats")) {
        sum += lane.path("acknowledged").asLong();
      }
    }
    return sum;
  }
}
