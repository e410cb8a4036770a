package io.tallyman.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One reading of an agent's {@code /metrics}.
 *
 * @param values by name with labels, as they are printed
 */
record AgentMetrics(Map<String, Double> values) {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int HTTP_OK = 200;

  static AgentMetrics scrape(HttpClient client, URI agent) {
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(agent.resolve("/metrics")).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != HTTP_OK) {
        throw new BenchException(
            "the agent answers /metrics with " + answer.statusCode() + ": " + answer.body());
      }
      Map<String, Double> values = new HashMap<>();
      answer
          .body()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> put(values, line));
      return new AgentMetrics(values);
    } catch (IOException e) {
      throw new BenchException("the agent does not answer", e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  private static void put(Map<String, Double> values, String line) {
    int space = line.lastIndexOf(' ');
    if (space > 0) {
      values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
    }
  }

  long get(String name) {
    Double value = values.get("tallyman_agent_" + name);
    if (value == null) {
      throw new BenchException("the agent has no metric tallyman_agent_" + name);
    }
    return value.longValue();
  }

  long lane(String lane, String kind) {
    return get("lane_records{kind=\"" + kind + "\",lane=\"" + lane + "\"}");
  }

  /** Whether every record that was handed to a lane is accounted for. */
  boolean isIdentityHeld() {
    return List.of("events", "stats").stream()
        .allMatch(lane ->
            lane(lane, "observed") + lane(lane, "inherited")
                == lane(lane, "acknowledged")
                    + lane(lane, "spooled")
                    + lane(lane, "queued")
                    + lane(lane, "dropped"));
  }
}
