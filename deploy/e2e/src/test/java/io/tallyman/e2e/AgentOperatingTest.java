package io.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent as its operator meets it, without a Kafka to write to. */
class AgentOperatingTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String NO_KAFKA = "127.0.0.1:1";
  private static final String TOKEN = "tallyman.agent.token=open-sesame";

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private SimulatedEngine engine;

  @BeforeEach
  void start() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("d.sock"))).build());
  }

  @AfterEach
  void stop() {
    engine.close();
    http.close();
  }

  @Test
  void itTellsWhatItCollectsAndLogsMoreWhenTold() throws Exception {
    String id = engine.run(ContainerSpec.named("web").build());
    try (AgentProcess agent =
        AgentProcess.start(directory, engine.dockerHost(), NO_KAFKA, "--set", TOKEN)) {
      URI at = agent.http();
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(agent.get("/containers"))
                  .contains(id, "\"collectedSince\":\"2", "\"collected\":true")
                  .contains("\"source\":\"engine", "\"lastError\":null"));

      assertThat(setLevel(at, "io.tallyman", "wrong").statusCode()).isEqualTo(401);
      assertThat(agent.log()).doesNotContain("DEBUG");
      assertThat(setLevel(at, "io.tallyman", "open-sesame").statusCode()).isEqualTo(200);
      await().atMost(LIMIT).until(() -> agent.log().contains("DEBUG"));

      HttpResponse<String> refused =
          setLevel(at, "com.github.dockerjava.zerodep.shaded", "open-sesame");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("secrets");
    }
  }

  @Test
  void aNameThatIsNotLoopbackIsRefused() throws Exception {
    try (AgentProcess agent = AgentProcess.start(directory, engine.dockerHost(), NO_KAFKA)) {
      URI at = agent.http();
      assertThat(statusUnder("rebound.example:" + at.getPort(), at)).contains(" 403 ");
      assertThat(statusUnder("localhost:" + at.getPort(), at)).contains(" 200 ");
      assertThat(setLevel(at, "io.tallyman", "any").body()).contains("set tallyman.agent.token");
    }
  }

  @Test
  void aSecondOneOnTheDirectoryIsRefusedInALine() throws Exception {
    try (AgentProcess first = AgentProcess.start(directory, engine.dockerHost(), NO_KAFKA)) {
      first.http();
      try (AgentProcess second = AgentProcess.start(directory, engine.dockerHost(), NO_KAFKA)) {
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.log().strip())
            .doesNotContain("\n")
            .startsWith("tallyman agent: Another agent runs on");
      }
    }
  }

  private HttpResponse<String> setLevel(URI at, String logger, String token)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(at.resolve("/loggers/" + logger))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\":\"debug\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The status line of an answer to a request under that name. */
  private static String statusUnder(String host, URI at) throws IOException {
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      String request =
          "GET /containers HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }
}
