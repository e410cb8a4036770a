package io.tallyman.agent.app;

import static io.tallyman.agent.app.AgentBench.eventually;
import static io.tallyman.agent.app.AgentBench.figure;
import static io.tallyman.agent.app.AgentBench.figuresAddUp;
import static io.tallyman.agent.app.AgentBench.get;
import static io.tallyman.agent.app.AgentBench.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.AgentStartException;
import io.tallyman.broker.BrokerConfig;
import io.tallyman.broker.EmbeddedBroker;
import io.tallyman.simulator.Call;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent between a simulated engine and a real broker. */
@Tag("kafka")
class AgentKafkaTest {

  private static EmbeddedBroker broker;
  private static int tests;

  @TempDir Path temporary;

  /** Each test has topics of its own. */
  private final String prefix = "t" + tests++ + ".";

  private SimulatedEngine engine;

  @BeforeAll
  static void startBroker(@TempDir Path kafka) {
    broker = EmbeddedBroker.start(new BrokerConfig(kafka, 0));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(temporary.resolve("d.sock"))).build());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private <T extends SpecificRecord> List<AgentBench.Written<T>> read(String topic, Class<T> type) {
    return AgentBench.read(broker.bootstrapServers(), prefix, topic, type);
  }

  private RunningAgent start() {
    return AgentApplication.start(config());
  }

  private AgentConfig config() {
    return AgentBench.config(
        engine.dockerHost(), broker.bootstrapServers(), prefix, temporary.resolve("agent"));
  }

  private List<ContainerEvent> events() {
    return read("docker.events.v1", ContainerEvent.class).stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .toList();
  }

  private String lastStateOf(String id) {
    ContainerState state =
        read("docker.containers.v1", ContainerState.class).stream()
            .filter(written -> written.key().equals(id))
            .toList()
            .getLast()
            .value();
    return state == null ? "buried" : state.getContainerName() + " " + state.getState();
  }

  private List<ContainerStats> readings(String id) {
    return read("docker.stats.v1", ContainerStats.class).stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .filter(stats -> stats.getContainerId().equals(id))
        .toList();
  }

  @Test
  void aContainerIsToldFromStartToEnd() {
    String old = engine.run(ContainerSpec.named("old").build());
    int toldBefore;
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(lastStateOf(old)).isEqualTo("old running"));
      toldBefore = events().size();
      String id = engine.run(ContainerSpec.named("web").build());
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web running"));
      eventually(() -> assertThat(readings(id)).isNotEmpty());
      engine.rename(id, "shop");
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("shop running"));
      engine.restart(id, 143);
      engine.remove(id, true);
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("buried"));

      List<ContainerEvent> told = events().subList(toldBefore, events().size());
      assertThat(told)
          .extracting(ContainerEvent::getRawAction)
          .containsExactly(
              "create", "start", "rename", "kill", "stop", "die", "start", "restart", "kill", "die",
              "destroy");
      assertThat(told)
          .filteredOn(event -> event.getRawAction().equals("die"))
          .extracting(ContainerEvent::getExitCode)
          .containsExactly(143, 137);
      assertThat(told).extracting(ContainerEvent::getSequence).isSorted();
      eventually(() -> assertThat(agent.status().isReady()).isTrue());
      figuresAddUp(agent);
    }
    HostStatus last = read("docker.hosts.v1", HostStatus.class).getLast().value();
    assertThat(Objects.requireNonNull(last).getTags()).containsEntry("site", "test");
    assertThat(last.getLanes()).hasSize(2);
  }

  @Test
  void anEngineThatHangsMakesTheAgentUnready() {
    try (RunningAgent agent = start()) {
      // Before the first heartbeat asks.
      engine.faults().hang(Call.INFO);
      eventually(() -> assertThat(get(agent, "/health/readiness").statusCode()).isEqualTo(503));
      eventually(() -> assertThat(agent.status().watchingSince()).as("its stream").isNotNull());
      assertThat(agent.status().isEngineReachable()).isFalse();
    }
  }

  @Test
  void healthMetricsAndContainersAreServedAndChangesNeedTheToken() {
    String id = engine.run(ContainerSpec.named("web").build());
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(get(agent, "/health/readiness").statusCode()).isEqualTo(200));
      assertThat(get(agent, "/health/liveness").statusCode()).isEqualTo(200);
      assertThat(get(agent, "/metrics").body())
          .contains("tallyman_agent_lane_records{kind=\"observed\",lane=\"events\"}")
          .contains("tallyman_agent_inspects_total");
      eventually(() ->
          assertThat(get(agent, "/containers").body())
              .contains(id)
              .contains("\"source\":\"engine\""));
      assertThat(post(agent, "wrong").statusCode()).isEqualTo(401);
      assertThat(post(agent, "secret").statusCode()).isNotEqualTo(401);

      engine.close();
      eventually(() -> assertThat(get(agent, "/health/readiness").statusCode()).isEqualTo(503));
      assertThat(get(agent, "/health/liveness").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theFiguresOfMetricsAddUpWhateverHappens() {
    String id = engine.run(ContainerSpec.named("web").build());
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web running"));
      for (int i = 0; i < 20; i++) {
        engine.rename(id, "web-" + i);
        for (String lane : List.of("events", "stats")) {
          String metrics = get(agent, "/metrics").body();
          assertThat(figure(metrics, lane, "observed") + figure(metrics, lane, "inherited"))
              .as(metrics)
              .isEqualTo(
                  figure(metrics, lane, "acknowledged")
                      + figure(metrics, lane, "spooled")
                      + figure(metrics, lane, "queued")
                      + figure(metrics, lane, "dropped"));
        }
      }
      eventually(() ->
          assertThat(figure(get(agent, "/metrics").body(), "events", "acknowledged"))
              .isGreaterThan(20));
    }
  }

  private static HttpResponse<String> post(RunningAgent agent, String token) {
    return send(
        HttpRequest.newBuilder(agent.httpAddress().resolve("/loggers/io.tallyman"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\":\"DEBUG\"}"))
            .build());
  }

  @Test
  void aSecondAgentOnTheDirectoryIsRefusedAndTheFirstIsUnharmed() {
    try (RunningAgent agent = start()) {
      assertThatThrownBy(this::start).isInstanceOf(AgentStartException.DataDirectoryInUse.class);
      eventually(() -> assertThat(agent.status().isReady()).isTrue());
    }
    start().close();
  }

  @Test
  void anEngineThatIsNotThereFailsTheStart() {
    AgentConfig config =
        AgentBench.config(
            URI.create("unix://" + temporary.resolve("none.sock")),
            broker.bootstrapServers(),
            prefix,
            temporary.resolve("agent"));
    assertThatThrownBy(() -> AgentApplication.start(config))
        .isInstanceOf(AgentStartException.EngineUnreachable.class)
        .hasMessageContaining("none.sock")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aPortThatIsTakenFailsTheStart() throws IOException {
    AgentConfig config = config();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AgentConfig onTakenPort =
          new AgentConfig(
              config.endpoint(),
              null,
              null,
              config.hostTags(),
              config.stats(),
              config.selection(),
              config.labels(),
              config.kafka(),
              config.spool(),
              new AgentConfig.Http("127.0.0.1", taken.getLocalPort(), null),
              config.dataDirectory());
      assertThatThrownBy(() -> AgentApplication.start(onTakenPort))
          .isInstanceOf(AgentStartException.HttpUnavailable.class)
          .hasMessageContaining("Port " + taken.getLocalPort());
    }
    start().close();
  }

  @Test
  void closingIsQuickAndSendsWhatIsQueued() {
    long closingFrom;
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(agent.status().kafkaReachable()).isTrue());
      engine.run(ContainerSpec.named("web").build());
      eventually(() -> assertThat(agent.status().events()).isEqualTo(2));
      closingFrom = System.nanoTime();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - closingFrom))
        .isLessThan(Duration.ofSeconds(20));
    assertThat(events()).hasSize(2);
  }
}
