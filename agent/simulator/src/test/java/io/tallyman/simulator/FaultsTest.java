package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each fault looks like to a client. */
class FaultsTest {

  private static final long SEED = 42;
  private static final Duration LONG_ENOUGH = Duration.ofMillis(200);
  private static final String TWO_BYTES_EACH = "größe-äöü-größe";

  private final MovableClock clock = new MovableClock();

  @TempDir private Path directory;
  private SimulatedEngine engine;
  private EngineClient client;

  @BeforeEach
  void start() {
    engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("sock")))
                .manualClock(clock)
                .listener(4, Duration.ofMillis(1))
                .build());
    client = new EngineClient(engine.dockerHost());
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void aCallThatHangsIsAcceptedAndNeverAnswered() throws InterruptedException {
    engine.faults().hang(Call.PING);
    Thread asking =
        Thread.ofVirtual()
            .start(() ->
                assertThatThrownBy(() -> client.get("/_ping"))
                    .isInstanceOf(UncheckedIOException.class));

    awaitCall(Call.PING);
    assertThat(asking.join(LONG_ENOUGH)).isFalse();
    assertThat(client.get("/version").status()).isEqualTo(200);
    engine.cutStreams();
    assertThat(asking.join(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void aCallThatFailsSaysSoUntilAllIsWellAgain() {
    engine.faults().fail(Call.LIST, 500);
    assertThat(client.get("/containers/json").status()).isEqualTo(500);
    assertThat(client.get("/containers/json").message()).isEqualTo("failed on purpose");

    engine.faults().clear();
    assertThat(client.get("/containers/json").status()).isEqualTo(200);
  }

  @Test
  void splitBodiesHaveTheSameBytesCutWithinJsonAndWithinCharacters() throws IOException {
    String id = engine.create(ContainerSpec.named("c").label("note", TWO_BYTES_EACH).build());
    String path = "/containers/" + id + "/json";
    String whole = client.get(path).text();
    engine.faults().split(Call.INSPECT, 1, SEED);

    List<byte[]> chunks = partsOf(path);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk).hasSize(1));
    assertThat(joined(chunks)).isEqualTo(whole).contains(TWO_BYTES_EACH);
    assertThat(chunks).anySatisfy(chunk -> assertThat(isText(chunk)).isFalse());
  }

  @Test
  void splitsComeFromTheSeed() throws IOException {
    engine.run(ContainerSpec.named("c").label("note", TWO_BYTES_EACH).build());
    assertThat(sizes(SEED)).isEqualTo(sizes(SEED)).isNotEqualTo(sizes(SEED + 1));
  }

  @Test
  void splitStreamsStillCarryEveryEvent() {
    engine.faults().split(Call.EVENTS, 7, SEED);
    try (EventTail tail = new EventTail(client, "since=1")) {
      String id = engine.run(ContainerSpec.named("c").build());
      engine.stop(id, 0);

      assertThat(EventTail.actions(tail.until("die"))).contains("create", "start", "kill", "die");
    }
  }

  @Test
  void garbledBodiesAreNoiseAndLitteredStreamsHaveItBetweenWholeEvents() throws IOException {
    engine.faults().garble(Call.LIST, SEED);
    engine.faults().litter(Call.EVENTS, SEED);
    engine.create(ContainerSpec.named("c").build());
    EngineClient.Answer list = client.get("/containers/json");
    assertThat(list.status()).isEqualTo(200);
    assertThatThrownBy(list::json).isInstanceOf(UncheckedIOException.class);

    try (EngineClient.Stream events = client.open("GET", "/events?since=1", new byte[0])) {
      byte[] noise = events.next();
      byte[] newline = events.next();
      JsonNode event = EngineClient.MAPPER.readTree(events.next());
      assertThat(isText(noise)).isFalse();
      assertThat(newline).containsExactly('\n');
      assertThat(event.path("Action").asText()).isEqualTo("create");
    }
  }

  @Test
  void aStreamThatIsCutInsideAFrameBreaksOffThere() throws IOException {
    engine.faults().cutInside(Call.EVENTS, 2, SEED);
    for (int i = 0; i < 5; i++) {
      engine.create(ContainerSpec.named("c" + i).build());
    }
    try (EngineClient.Stream events = client.open("GET", "/events?since=1", new byte[0])) {
      assertThat(name(events.next())).isEqualTo("c0");
      assertThat(name(events.next())).isEqualTo("c1");
      assertThatThrownBy(events::next).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void aBodyThatIsCutInsideBreaksOffToo() {
    engine.faults().cutInside(Call.LIST, 0, SEED);

    assertThatThrownBy(() -> client.get("/containers/json")).hasCauseInstanceOf(EOFException.class);
    assertThat(client.get("/version").status()).isEqualTo(200);
  }

  @Test
  void streamsLiveAsLongAsTheProxyLets() throws IOException {
    engine.faults().cutStreamsAfter(Duration.ofMillis(50));
    for (int i = 0; i < 3; i++) {
      try (EngineClient.Stream events = client.open("GET", "/events", new byte[0])) {
        assertThatThrownBy(events::next).isInstanceOf(IOException.class);
      }
    }
    assertThat(engine.calls().of(Call.EVENTS)).isEqualTo(3);
  }

  @Test
  void whatAListenerIsDeniedIsStillInTheRing() {
    try (EventTail tail = new EventTail(client, "since=1")) {
      awaitListener();
      engine.faults().dropForListeners(2);
      engine.create(ContainerSpec.named("lost").build());
      engine.create(ContainerSpec.named("lost-too").build());
      engine.create(ContainerSpec.named("seen").build());

      assertThat(tail.until("create"))
          .singleElement()
          .satisfies(
              event -> assertThat(event.at("/Actor/Attributes/name").asText()).isEqualTo("seen"));
    }
    assertThat(engine.droppedEvents()).isEqualTo(2);
    assertThat(ring()).contains("create lost", "create lost-too", "create seen");
  }

  @Test
  void aClientThatDoesNotReadLosesEvents() throws IOException {
    String big = "x".repeat(100_000);
    try (EngineClient.Stream events = client.open("GET", "/events?since=1", new byte[0])) {
      for (int i = 0; engine.droppedEvents() == 0; i++) {
        assertThat(i).as("events that nobody reads").isLessThan(1_000);
        engine.create(ContainerSpec.named("c" + i).label("big", big).build());
      }
      assertThat(name(events.next())).isEqualTo("c0");
    }
  }

  @Test
  void execsPushLifecycleEventsOutOfTheRing() {
    String id = engine.run(ContainerSpec.named("c").build());
    engine.execs(id, 80);
    assertThat(ring()).hasSize(240 + 3).contains("create c", "start c");

    engine.execs(id, 6);
    assertThat(ring()).hasSize(256).doesNotContain("create c").noneMatch("start c"::equals);
  }

  @Test
  void anEngineThatIsDownRefusesConnectionsAndLogsNothing() {
    List<EngineEvent> logged = new ArrayList<>();
    String dies = engine.run(ContainerSpec.named("dies").build());
    String lives = engine.run(ContainerSpec.named("lives").build());
    engine.observe(logged::add);
    engine.goDown();
    assertThatThrownBy(() -> client.get("/_ping")).isInstanceOf(UncheckedIOException.class);
    engine.exit(dies, 3);
    engine.comeBack(true);

    assertThat(ring()).isEmpty();
    assertThat(logged).isEmpty();
    assertThat(client.get("/containers/" + dies + "/json").json().at("/State/ExitCode").asInt())
        .isEqualTo(3);
    assertThat(client.get("/containers/" + lives + "/json").json().at("/State/Running").asBoolean())
        .isTrue();
  }

  @Test
  void eventsFollowAClockThatIsSetBack() {
    engine.create(ContainerSpec.named("before").build());
    List<EngineEvent> logged = new ArrayList<>();
    engine.observe(logged::add);
    clock.forward(Duration.ofMinutes(-10));
    engine.create(ContainerSpec.named("after").build());

    assertThat(logged)
        .singleElement()
        .satisfies(event ->
            assertThat(event.timeNanos() / 1_000_000_000L)
                .isEqualTo(clock.instant().getEpochSecond()));
  }

  private List<Integer> sizes(long seed) throws IOException {
    engine.faults().split(Call.LIST, 50, seed);
    return partsOf("/containers/json?all=1").stream().map(part -> part.length).toList();
  }

  private List<byte[]> partsOf(String path) throws IOException {
    List<byte[]> parts = new ArrayList<>();
    try (EngineClient.Stream body = client.open("GET", path, new byte[0])) {
      for (byte[] part = body.next(); part.length > 0; part = body.next()) {
        parts.add(part);
      }
    }
    return parts;
  }

  private List<String> ring() {
    clock.forward(Duration.ofHours(1));
    String past = "/events?since=1&until=" + (clock.instant().getEpochSecond() - 1);
    return client
        .get(past)
        .text()
        .lines()
        .map(line -> json(line.getBytes(StandardCharsets.UTF_8)))
        .map(event ->
            event.path("Action").asText() + " " + event.at("/Actor/Attributes/name").asText())
        .toList();
  }

  private void awaitCall(Call call) {
    assertThat(IntStream.range(0, 10_000).anyMatch(i -> wasAsked(call))).isTrue();
  }

  private boolean wasAsked(Call call) {
    client.get("/version");
    return engine.calls().of(call) == 1;
  }

  private void awaitListener() {
    assertThat(IntStream.range(0, 10_000).anyMatch(i -> listens())).isTrue();
  }

  private boolean listens() {
    client.get("/_ping");
    return engine.eventListeners() == 1;
  }

  private static String joined(List<byte[]> parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    parts.forEach(whole::writeBytes);
    return whole.toString(StandardCharsets.UTF_8);
  }

  private static boolean isText(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String name(byte[] event) {
    return json(event).at("/Actor/Attributes/name").asText();
  }

  private static JsonNode json(byte[] line) {
    try {
      return EngineClient.MAPPER.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
