package io.tallyman.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.agent.AgentStartException;
import io.tallyman.agent.publish.Lane;
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
import io.tallyman.v1.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent between a simulated engine and a real broker. */
@Tag("kafka")
class AgentKafkaTest {

  @TempDir Path temporary;

  private SimulatedEngine engine;
  private EmbeddedBroker broker;

  @BeforeEach
  void open() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(temporary.resolve("d.sock"))).build());
    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), 0));
  }

  @AfterEach
  void close() {
    engine.close();
    broker.close();
  }

  private RunningAgent start() {
    return AgentApplication.start(config());
  }

  private AgentConfig config() {
    return AgentBench.config(
        engine.dockerHost(), broker.bootstrapServers(), temporary.resolve("agent"));
  }

  private static void eventually(Runnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(assertion::run);
  }

  private List<ContainerEvent> events() {
    return AgentBench.read(broker.bootstrapServers(), "docker.events.v1", ContainerEvent.class)
        .stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .toList();
  }

  private String lastStateOf(String id) {
    ContainerState state =
        AgentBench.read(broker.bootstrapServers(), "docker.containers.v1", ContainerState.class)
            .stream()
            .filter(written -> written.key().equals(id))
            .toList()
            .getLast()
            .value();
    return state == null ? "buried" : state.getContainerName() + " " + state.getState();
  }

  private List<ContainerStats> readings(String id) {
    return AgentBench.read(broker.bootstrapServers(), "docker.stats.v1", ContainerStats.class)
        .stream()
        .map(written -> Objects.requireNonNull(written.value()))
        .filter(stats -> stats.getContainerId().equals(id))
        .toList();
  }

  private static void figuresAddUp(RunningAgent agent) {
    for (Lane.LaneSnapshot lane : agent.status().lanes()) {
      assertThat(lane.observed() + lane.inherited())
          .isEqualTo(lane.acknowledged() + lane.spooled() + lane.queued() + lane.dropped());
    }
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
      assertThat(agent.status().isReady()).isTrue();
      figuresAddUp(agent);
    }
    HostStatus last =
        AgentBench.read(broker.bootstrapServers(), "docker.hosts.v1", HostStatus.class)
            .getLast()
            .value();
    assertThat(Objects.requireNonNull(last).getTags()).containsEntry("site", "test");
    assertThat(last.getLanes()).hasSize(2);
  }

  @Test
  void aRestartOfTheEngineHeals() {
    String id = engine.run(ContainerSpec.named("web").build());
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web running"));
      engine.restartEngine();

      eventually(() ->
          assertThat(events())
              .anySatisfy(event -> {
                assertThat(event.getRawAction()).isEqualTo("die");
                assertThat(event.getOrigin()).isEqualTo(Origin.RECONCILED);
              }));
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web exited"));
      engine.start(id);
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web running"));
      assertThat(agent.status().watchingSince()).isNotNull();
    }
  }

  @Test
  void whileTheBrokerIsAwayEventsWaitInOrder() {
    int port = broker.port();
    try (RunningAgent agent = start()) {
      engine.run(ContainerSpec.named("first").build());
      eventually(() -> assertThat(events()).hasSize(2));
      broker.close();
      for (int i = 0; i < 20; i++) {
        engine.run(ContainerSpec.named("c" + i).build());
      }
      eventually(() -> assertThat(agent.status().events()).isEqualTo(42));
      figuresAddUp(agent);
      assertThat(agent.status().lanes().getFirst().spooled()).isPositive();

      broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), port));
      eventually(() -> assertThat(events()).hasSizeGreaterThanOrEqualTo(42));
      List<ContainerEvent> all = events();
      assertThat(all.stream().map(ContainerEvent::getEventId).distinct()).hasSize(42);
      assertThat(all).extracting(ContainerEvent::getSequence).isSorted();
      eventually(() -> assertThat(agent.status().kafkaReachable()).isTrue());
    }
  }

  @Test
  void whatKafkaHasNotTakenIsSentAtTheNextStart() {
    int port = broker.port();
    RunningAgent agent = start();
    eventually(() -> assertThat(agent.status().kafkaReachable()).isTrue());
    broker.close();
    engine.run(ContainerSpec.named("web").build());
    eventually(() -> assertThat(agent.status().events()).isEqualTo(2));
    long unsent = agent.stop();
    assertThat(unsent).isGreaterThanOrEqualTo(2);
    figuresAddUp(agent);

    broker = EmbeddedBroker.start(new BrokerConfig(temporary.resolve("kafka"), port));
    try (RunningAgent again = start()) {
      assertThat(again.status().lanes().stream().mapToLong(Lane.LaneSnapshot::inherited).sum())
          .isEqualTo(unsent);
      eventually(() ->
          assertThat(events())
              .extracting(ContainerEvent::getRawAction)
              .contains("create", "start"));
      figuresAddUp(again);
      eventually(() -> assertThat(again.status().kafkaReachable()).isTrue());
      assertThat(again.stop()).as("Kafka took everything").isZero();
    }
  }

  @Test
  void anEngineThatHangsMakesTheAgentUnready() {
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(get(agent, "/health/readiness").statusCode()).isEqualTo(200));
      engine.faults().hang(Call.INFO);
      eventually(() -> assertThat(get(agent, "/health/readiness").statusCode()).isEqualTo(503));
      assertThat(agent.status().watchingSince()).as("the stream is still open").isNotNull();
      assertThat(agent.status().isEngineReachable()).isFalse();
    }
  }

  @Test
  void withoutInspectStatesStillAppear() {
    engine.faults().forbid(Call.INSPECT);
    String id = engine.run(ContainerSpec.named("web").build());
    try (RunningAgent agent = start()) {
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web running"));
      engine.exit(id, 3);
      eventually(() -> assertThat(lastStateOf(id)).isEqualTo("web exited"));
      assertThat(agent.status().engineError()).isNull();
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

  private static HttpResponse<String> get(RunningAgent agent, String path) {
    return send(HttpRequest.newBuilder(agent.httpAddress().resolve(path)).build());
  }

  private static HttpResponse<String> post(RunningAgent agent, String token) {
    return send(
        HttpRequest.newBuilder(agent.httpAddress().resolve("/loggers/io.tallyman"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\":\"DEBUG\"}"))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
    assertThat(Duration.ofNanos(System.nanoTime() - closingFrom)).isLessThan(Duration.ofSeconds(3));
    assertThat(events()).hasSize(2);
  }
}
