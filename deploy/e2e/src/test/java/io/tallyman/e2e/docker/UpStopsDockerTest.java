package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It stops when it is told to, and neither that nor a crash costs what was tallied. */
@Tag("docker")
class UpStopsDockerTest {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /** A machine that is busy with other things can stall for seconds. */
  private static final int ATTEMPTS = 3;

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir Path directory;
  private Path home;
  private List<String> command;

  @BeforeEach
  void prepare() throws Exception {
    var checkout = new Checkout(Files.createDirectory(directory.resolve("checkout")));
    checkout.build();
    home = Files.createDirectory(directory.resolve("home"));
    command = List.of(checkout.launcher().toString(), "up", "--port", "0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalStopsItWithinFiveSecondsAndLeavesNothingRunning(String signal) throws Exception {
    var times = new ArrayList<Duration>();
    do {
      times.add(stoppedBy(signal));
      System.out.println(
          "SIG" + signal + " stopped it after " + times.getLast().toMillis() + " ms");
    } while (times.getLast().compareTo(STOP_LIMIT) >= 0 && times.size() < ATTEMPTS);
    assertThat(times).anyMatch(time -> time.compareTo(STOP_LIMIT) < 0);
  }

  /** How long that took; with a port for Kafka that no other test takes when it is given up. */
  private Duration stoppedBy(String signal) throws Exception {
    var onPort = new ArrayList<>(command);
    onPort.addAll(List.of("--kafka-port", Integer.toString(FreePort.next())));
    try (var up = UpProcess.start(home, onPort).awaitStarted()) {
      awaitHost(up);
      var port = up.kafkaPort();
      var children = up.descendants();

      var begin = Instant.now();
      up.signal(signal);
      assertThat(up.ends(LIMIT)).isTrue();
      var taken = Duration.between(begin, Instant.now());

      assertThat(up.exitCode()).as(up.text()).isZero();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      assertThat(listens(port)).isFalse();
      assertThat(up.errors()).noneMatch(UpStopsDockerTest::complains);
      return taken;
    }
  }

  /** That the machine stood still for a tick is no complaint about the program. */
  private static boolean complains(String line) {
    return line.contains(" ERROR ") || (line.contains(" WARN ") && !line.contains("TICK_MISSED"));
  }

  @Test
  void whatWasTalliedIsStillThereAfterACrash() throws Exception {
    try (var containers = new Containers()) {
      var dead = containers.startSleeper("dead");
      var gone = containers.startSleeper("gone");
      var stays = containers.startSleeper("stays");
      JsonNode death;
      try (var up = UpProcess.start(home, command).awaitStarted()) {
        await().atMost(LIMIT).until(() -> names(up, containers).size() == 3);
        containers.engine().killContainerCmd(dead).exec();
        await().atMost(LIMIT).until(() -> deaths(up, dead).size() == 1);
        death = deaths(up, dead).getFirst();
        assertThat(home.resolve(".local/share/tallyman/up.lock")).exists();
        up.signal("KILL");
        assertThat(up.ends(LIMIT)).isTrue();
      }
      containers.remove(gone);

      try (var up = UpProcess.start(home, command).awaitStarted()) {
        await()
            .atMost(LIMIT)
            .until(() -> names(up, containers).equals(List.of(containers.name("stays"))));
        await()
            .atMost(LIMIT)
            .untilAsserted(() -> assertThat(deaths(up, dead)).containsExactly(death));
        await().atMost(LIMIT).until(() -> incarnation(up, stays) == 2);
        assertThat(up.get("/api/v1/containers/" + stays).path("containerName").asText())
            .isEqualTo(containers.name("stays"));
        assertThat(up.errors()).noneMatch(line -> line.contains(" ERROR "));
      }
    }
  }

  private static void awaitHost(UpProcess up) {
    await().atMost(LIMIT).until(() -> !up.get("/api/v1/hosts").path("items").isEmpty());
  }

  private static List<String> names(UpProcess up, Containers containers) {
    return up.get("/api/v1/containers?name=" + containers.prefix() + "*")
        .path("items")
        .valueStream()
        .map(item -> item.path("containerName").asText())
        .toList();
  }

  private static List<JsonNode> deaths(UpProcess up, String id) {
    return up.get("/api/v1/events?action=DIE&container=" + id).path("items").valueStream().toList();
  }

  private static long incarnation(UpProcess up, String id) {
    return up.get("/api/v1/containers/" + id).path("stats").path("incarnation").asLong();
  }

  private static boolean listens(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
