package io.tallyman.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code tallyman agent} in a JVM of its own, and what can be seen of it from outside. */
final class AgentProcess implements AutoCloseable {

  private final JavaProcess java;
  private final URI address;
  private final JvmProbe probe;
  private final HttpClient client = HttpClient.newHttpClient();

  private AgentProcess(JavaProcess java) {
    this.java = java;
    this.address = URI.create(java.announced());
    this.probe = JvmProbe.attach(java.pid());
  }

  static AgentProcess start(
      List<String> jvmOptions, String dockerHost, String kafka, Duration interval, Path directory) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("agent", "--port", "0", "--docker-host", dockerHost));
    arguments.addAll(List.of("--kafka", kafka, "--interval", interval.toMillis() + "ms"));
    arguments.addAll(List.of("--data-dir", directory.resolve("agent").toString()));
    JavaProcess java =
        JavaProcess.start(
            jvmOptions,
            "io.tallyman.cli.Tallyman",
            arguments,
            "Agent: ",
            directory.resolve("agent.log"));
    try {
      return new AgentProcess(java);
    } catch (RuntimeException e) {
      java.close();
      throw e;
    }
  }

  AgentMetrics metrics() {
    return AgentMetrics.scrape(client, address);
  }

  JvmProbe probe() {
    return probe;
  }

  @Override
  public void close() {
    probe.close();
    client.close();
    java.close();
  }
}
