package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedEngineTest {

  private final MovableClock clock = new MovableClock();
  private final List<SimulatedEngine> engines = new ArrayList<>();

  @TempDir private Path directory;

  @AfterEach
  void closeEngines() {
    engines.forEach(SimulatedEngine::close);
  }

  @Test
  void answersOnUnixSocketAndOnTcp() {
    SimulatedEngine unix = start(config(Scenario.empty()));
    SimulatedEngine tcp = start(SimulatorConfig.at(new Endpoint.Tcp(0)));

    assertThat(unix.dockerHost().getScheme()).isEqualTo("unix");
    assertThat(client(unix).get("/_ping").text()).isEqualTo("OK");
    assertThat(client(tcp).get("/_ping").text()).isEqualTo("OK");
  }

  @Test
  void theCommandLinesFormulaGivesTheIntendedPercentage() {
    for (EngineProfile profile :
        List.of(EngineProfile.DOCKER_20_10, EngineProfile.DOCKER_26_1, EngineProfile.DOCKER_28_5)) {
      SimulatedEngine engine =
          start(config(Scenario.empty()).profile(profile).oneShotDelay(Duration.ZERO).cpus(8));
      String id =
          engine.run(ContainerSpec.named("busy").workload(Workload.steady(37.5, 1 << 20)).build());
      clock.forward(Duration.ofSeconds(3));
      JsonNode first = oneShot(engine, id);
      clock.forward(Duration.ofSeconds(5));
      JsonNode second = oneShot(engine, id);

      assertThat(cpuPercent(first, second)).as(profile.engineVersion()).isEqualTo(37.5);
      assertThat(second.at("/networks/eth0/rx_bytes").asLong()).isEqualTo(8_000);
    }
  }

  @Test
  void countersStandStillWhilePausedAndStartAgainAfterRestart() {
    SimulatedEngine engine = start(config(Scenario.empty()));
    String id = engine.run(ContainerSpec.named("c").workload(Workload.steady(50, 1 << 20)).build());
    clock.forward(Duration.ofSeconds(10));
    engine.pause(id);
    long atPause = oneShot(engine, id).at("/cpu_stats/cpu_usage/total_usage").asLong();
    clock.forward(Duration.ofSeconds(10));
    long later = oneShot(engine, id).at("/cpu_stats/cpu_usage/total_usage").asLong();
    engine.unpause(id);
    engine.restart(id, 0);
    long afterRestart = oneShot(engine, id).at("/cpu_stats/cpu_usage/total_usage").asLong();

    assertThat(atPause).isEqualTo(5_000_000_000L);
    assertThat(later).isEqualTo(atPause);
    assertThat(afterRestart).isZero();
  }

  @Test
  void callsAreCountedByKindAndContainer() {
    SimulatedEngine engine = start(config(Scenario.load(2)));
    String id = engine.containerIds().getFirst();
    client(engine).get("/containers/json");
    client(engine).get("/containers/" + id.substring(0, 12) + "/json");
    oneShot(engine, id);
    oneShot(engine, id);

    assertThat(engine.calls().of(Call.LIST)).isEqualTo(1);
    assertThat(engine.calls().of(Call.INSPECT, id)).isEqualTo(1);
    assertThat(engine.calls().byContainer(Call.STATS_ONE_SHOT))
        .containsExactly(java.util.Map.entry(id, 2L));
  }

  @Test
  void engineRestartBreaksStreamsEmptiesTheRingAndStartsWhatIsToRunAlways() throws IOException {
    SimulatedEngine engine = start(config(Scenario.empty()));
    String id = engine.run(ContainerSpec.named("plain").build());
    String always = engine.run(ContainerSpec.named("always").restartPolicy("always").build());
    try (EngineClient.Stream events = client(engine).open("GET", "/events?since=1", new byte[0])) {
      assertThat(action(events.next())).isEqualTo("create");
      engine.restartEngine();
      assertThatThrownBy(() -> drain(events)).isInstanceOf(IOException.class);
    }

    assertThat(
            client(engine).get("/containers/" + id + "/json").json().at("/State/ExitCode").asInt())
        .isEqualTo(137);
    assertThat(
            client(engine)
                .get("/containers/" + always + "/json")
                .json()
                .at("/State/Running")
                .asBoolean())
        .isTrue();
    assertThat(events(engine, "")).containsExactly("connect bridge", "start always");
  }

  @Test
  void cutStreamsEndWithoutTheLastChunk() throws IOException {
    SimulatedEngine engine = start(config(Scenario.empty()));
    try (EngineClient.Stream events = client(engine).open("GET", "/events", new byte[0])) {
      engine.cutStreams();
      assertThatThrownBy(events::next).isInstanceOfAny(EOFException.class, IOException.class);
    }
  }

  @Test
  void aSocketProxysRefusalAndHangingStatsTouchOnlyWhatTheyAreMeantFor() throws Exception {
    SimulatedEngine engine = start(config(Scenario.load(2)));
    String hanging = engine.containerIds().getFirst();
    String other = engine.containerIds().getLast();
    engine.faults().forbid(Call.INSPECT);
    engine.faults().hangStats(hanging);

    assertThat(client(engine).get("/containers/" + other + "/json").status()).isEqualTo(403);
    assertThat(client(engine).get("/containers/json").status()).isEqualTo(200);
    assertThat(oneShot(engine, other).path("read").asText()).startsWith("2026");
    Thread waiting =
        Thread.ofVirtual()
            .unstarted(() -> {
              assertThatThrownBy(() -> oneShot(engine, hanging))
                  .isInstanceOf(RuntimeException.class);
            });
    waiting.start();
    assertThat(IntStream.range(0, 10_000).anyMatch(i -> wasRead(engine, hanging))).isTrue();
    assertThat(waiting.join(Duration.ofMillis(200))).isFalse();
    engine.cutStreams();
    assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void fromApi152OnEventsHaveNoLegacyFields() {
    SimulatedEngine engine = start(config(Scenario.empty()).profile(EngineProfile.DOCKER_29));
    engine.create(ContainerSpec.named("c").build());
    clock.forward(Duration.ofSeconds(1));
    String past = "/events?since=1&until=" + clock.instant().getEpochSecond();
    clock.forward(Duration.ofSeconds(1));

    assertThat(client(engine).get(past).json().has("status")).isFalse();
    assertThat(client(engine).get("/v1.51" + past).json().path("status").asText())
        .isEqualTo("create");
    assertThat(client(engine).get("/v1.43/info").message())
        .contains("Minimum supported API version is 1.44");
  }

  @Test
  void theDemoFleetIsTheSameForTheSameSeedHoweverItsTimePasses() {
    List<String> inOneGo = demo(7, Duration.ofMinutes(5));
    List<String> inSteps = demo(7, Duration.ofMillis(700));
    List<String> otherSeed = demo(8, Duration.ofMinutes(5));

    assertThat(inOneGo).isEqualTo(inSteps).isNotEqualTo(otherSeed);
    assertThat(String.join("\n", inOneGo))
        .contains(
            "die", "oom", "rename", "health_status: unhealthy", "restart", "destroy", "pause");
  }

  @Test
  void aThousandContainersAreListedAndReadConcurrently() {
    SimulatedEngine engine = start(config(Scenario.load(1_000)));
    clock.forward(Duration.ofSeconds(1));
    JsonNode rows = client(engine).get("/containers/json").json();
    List<String> ids = engine.containerIds();

    long read =
        ids.parallelStream()
            .filter(id -> oneShot(engine, id).at("/pids_stats/current").asInt() > 0)
            .count();

    assertThat(rows).hasSize(1_000);
    assertThat(read).isEqualTo(1_000);
    assertThat(engine.calls().of(Call.STATS_ONE_SHOT)).isEqualTo(1_000);
  }

  private List<String> demo(long seed, Duration step) {
    SimulatedEngine engine = start(config(Scenario.demoFleet(seed)));
    Duration passed = Duration.ZERO;
    MovableClock own = clock;
    java.time.Instant begin = own.instant();
    while (passed.compareTo(Duration.ofMinutes(5)) < 0) {
      own.forward(step);
      passed = passed.plus(step);
      engine.advance();
    }
    own.forward(Duration.between(own.instant(), begin));
    List<String> ring = events(engine, "");
    engine.close();
    return ring.subList(0, 200);
  }

  private SimulatorConfig.Builder config(Scenario scenario) {
    Path socket = directory.resolve(engines.size() + ".sock");
    return SimulatorConfig.at(new Endpoint.UnixSocket(socket))
        .scenario(scenario)
        .manualClock(clock);
  }

  private SimulatedEngine start(SimulatorConfig.Builder config) {
    SimulatedEngine engine = SimulatedEngine.start(config.build());
    engines.add(engine);
    return engine;
  }

  private static EngineClient client(SimulatedEngine engine) {
    return new EngineClient(engine.dockerHost());
  }

  /** Whether a reading was asked for. */
  private static boolean wasRead(SimulatedEngine engine, String id) {
    client(engine).get("/version");
    return engine.calls().of(Call.STATS_ONE_SHOT, id) == 1;
  }

  private static JsonNode oneShot(SimulatedEngine engine, String id) {
    return client(engine).get("/containers/" + id + "/stats?stream=false&one-shot=true").json();
  }

  private static double cpuPercent(JsonNode first, JsonNode second) {
    double used = delta(first, second, "/cpu_stats/cpu_usage/total_usage");
    double host = delta(first, second, "/cpu_stats/system_cpu_usage");
    return used / host * second.at("/cpu_stats/online_cpus").asInt() * 100;
  }

  private static double delta(JsonNode first, JsonNode second, String pointer) {
    return (double) (second.at(pointer).asLong() - first.at(pointer).asLong());
  }

  private List<String> events(SimulatedEngine engine, String more) {
    clock.forward(Duration.ofHours(1));
    String target = "/events?since=1&until=" + (clock.instant().getEpochSecond() - 1) + more;
    List<String> events =
        client(engine)
            .get(target)
            .text()
            .lines()
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .map(line -> action(line) + " " + json(line).at("/Actor/Attributes/name").asText())
            .toList();
    clock.forward(Duration.ofHours(-1));
    return events;
  }

  private static void drain(EngineClient.Stream events) throws IOException {
    while (events.next().length > 0) {
      // Reads on until the stream breaks.
    }
  }

  private static String action(byte[] line) {
    return json(line).path("Action").asText();
  }

  private static JsonNode json(byte[] line) {
    try {
      return EngineClient.MAPPER.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
