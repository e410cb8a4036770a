package io.tallyman.e2e.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is told in one line, before anything is written. */
@Tag("docker")
class UpErrorsDockerTest {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  /** Whom nothing belongs to, because root may do everything. */
  private static final List<String> AS_NOBODY =
      ROOT
          ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
          : List.of();

  @TempDir Path directory;
  private Path home;
  private Checkout checkout;

  @BeforeEach
  void prepare() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    checkout = new Checkout(Files.createDirectory(directory.resolve("checkout")));
    checkout.build();
    home = Files.createDirectory(directory.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Test
  void aSocketThatIsNotThere() throws Exception {
    fails(1, up("--docker-host", "unix:///nowhere/docker.sock"))
        .contains("cannot use the Docker Engine", "/nowhere/docker.sock");
  }

  @Test
  void anEngineThatDoesNotListen() throws Exception {
    // Nobody else can listen there meanwhile.
    try (var bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var address = "127.0.0.1:" + bound.getLocalPort();
      fails(1, up("--docker-host", "tcp://" + address))
          .contains("cannot use the Docker Engine", address);
    }
  }

  @Test
  void aSocketThatOnlyOthersMayUse() throws Exception {
    var socket = directory.resolve("docker.sock");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("---------"));
      var command = new ArrayList<>(AS_NOBODY);
      command.addAll(up("--docker-host", "unix://" + socket));
      fails(1, command).contains("permission", socket.toString());
    }
  }

  @Test
  void anHttpPortThatIsTaken() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      fails(1, up("--port", port)).contains(port, "--port");
    }
  }

  @Test
  void aNamedKafkaPortThatIsTaken() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      fails(1, up("--kafka-port", port)).contains(port, "--kafka-port");
    }
  }

  @Test
  void aDiskThatIsFull() throws Exception {
    var disk = Files.createDirectory(directory.resolve("disk"));
    var command =
        new ArrayList<>(
            List.of(
                "unshare",
                ROOT ? "-m" : "-rm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=1m none '%s' && \"$@\"; code=$?; ls -A '%s'; exit $code"
                    .formatted(disk, disk),
                "sh"));
    command.addAll(up("--data-dir", disk.resolve("tallyman").toString()));
    fails(1, command).contains("MiB", disk.toString(), "--data-dir");
  }

  @Test
  void aDataDirectoryThatMayNotBeRead() throws Exception {
    var data = Files.createDirectory(directory.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("---------"));
    var command = new ArrayList<>(AS_NOBODY);
    command.addAll(up("--simulate", "1", "--data-dir", data.toString()));
    fails(1, command).contains("no permission", data.toString(), "--data-dir");
  }

  @Test
  void aDataDirectoryThatIsAFile() throws Exception {
    var data = Files.writeString(directory.resolve("data"), "mine");
    fails(1, up("--data-dir", data.toString())).contains("not a directory", data.toString());
    assertThat(data).hasContent("mine");
  }

  @Test
  void aSecondOneOnTheSameDirectory() throws Exception {
    try (var first = UpProcess.start(home, up()).awaitStarted()) {
      try (var second = UpProcess.start(home, up())) {
        assertThat(second.ends(LIMIT)).as(second.text()).isTrue();
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.errors())
            .singleElement()
            .asString()
            .contains("another", "" + first.pid());
      }
      await().atMost(LIMIT).until(() -> !first.get("/api/v1/hosts").path("items").isEmpty());
    }
  }

  @Test
  void aKeyThatDoesNotExist() throws Exception {
    fails(2, up("--set", "tallyman.stats.intervall=5s"))
        .contains("tallyman.stats.intervall", "tallyman.stats.interval?");
    var file = Files.writeString(directory.resolve("c.yml"), "tallyman: {stats: {intervall: 5s}}");
    fails(2, up("--config", file.toString())).contains("c.yml", "tallyman.stats.intervall");
  }

  @Test
  void anIntervalThatIsNone() throws Exception {
    fails(2, up("--interval", "5 parsecs")).contains("--interval", "5 parsecs");
    fails(2, up("--interval", "0s")).contains("--interval", "0s");
    fails(2, up("--interval", "-5s")).contains("--interval", "-5s");
  }

  @Test
  void aSimulatedEngineAndARealOne() throws Exception {
    fails(2, up("--simulate", "--docker-host", "unix:///nowhere")).contains("--simulate");
  }

  /** Runs it and returns its one line, having seen that it left nothing behind. */
  private AbstractStringAssert<?> fails(int exitCode, List<String> command) throws Exception {
    try (var up = UpProcess.start(home, command)) {
      assertThat(up.ends(LIMIT)).as("it ends: " + up.text()).isTrue();
      assertThat(up.exitCode()).as(up.text()).isEqualTo(exitCode);
      assertThat(up.output()).isEmpty();
      assertThat(up.errors()).as(up.text()).hasSize(1);
      try (Stream<Path> left = Files.walk(home)) {
        assertThat(left).containsExactly(home);
      }
      System.out.println(up.errors().getFirst());
      return assertThat(up.errors().getFirst()).startsWith("tallyman up: ");
    }
  }

  private List<String> up(String... arguments) {
    var command = new ArrayList<>(List.of(checkout.launcher().toString(), "up"));
    command.addAll(List.of(arguments));
    if (!command.contains("--port")) {
      command.addAll(List.of("--port", "0"));
    }
    return command;
  }
}
