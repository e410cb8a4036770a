package io.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout whose Java and Maven only write down how they were called. */
class LauncherTest {

  private static final Path LAUNCHER = Path.of("../../tallyman").toAbsolutePath().normalize();

  @TempDir Path directory;
  private Path checkout;
  private Path jdk;
  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int exitCode, String output, String errors) {}

  @BeforeEach
  void layOutTheCheckout() throws IOException {
    checkout = Files.createDirectories(directory.resolve("a checkout"));
    Files.copy(LAUNCHER, checkout.resolve("tallyman"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    for (var module : List.of(".mvn", "schemas", "agent/src", "consumers", "deploy/cli/src")) {
      Files.createDirectories(checkout.resolve(module));
    }
    Files.writeString(checkout.resolve("agent/src/A.java"), "class A {}");
    script(
        checkout.resolve("mvnw"),
        """
        [ "$1" != -v ] || exit 0
        echo "$*" >>maven.calls
        echo "[INFO] Building tallyman-agent 0.1.0-SNAPSHOT    [2/3]"
        [ ! -e broken ] || { echo "[ERROR] it is broken"; exit 1; }
        mkdir -p deploy/cli/target/dist/lib
        echo jar >deploy/cli/target/dist/lib/cli.jar
        """);
    jdk = fakeJdk(directory.resolve("jdk"), "25.0.1");
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("HOME", directory.resolve("home").toString());
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
  }

  @Test
  void buildsOnceAndThenStartsWithoutMaven() throws Exception {
    var first = run("up", "--port", "1 2");
    assertThat(first.exitCode()).isZero();
    assertThat(first.errors()).contains("first run").contains("tallyman-agent");
    assertThat(first.output()).contains("io.tallyman.cli.Tallyman", "up", "--port", "1 2");

    var second = run("up");
    assertThat(second.errors()).isEmpty();
    assertThat(mavenCalls()).hasSize(1);
  }

  @Test
  void buildsAgainWhenASourceChangedOrWentAwayAndNotWhenItCameBack() throws Exception {
    var source = checkout.resolve("agent/src/A.java");
    run("up");
    Files.writeString(source, "class A { int changed; }");
    run("up");
    Files.delete(source);
    run("up");
    assertThat(mavenCalls()).hasSize(3);
    Files.writeString(source, "class A {}");
    run("up");
    assertThat(mavenCalls()).hasSize(3);
  }

  @Test
  void aNewDateATestOrADocumentIsNoChange() throws Exception {
    run("up");
    Files.writeString(checkout.resolve("agent/src/A.java"), "class A {}");
    Files.writeString(checkout.resolve("agent/README.md"), "changed");
    Files.createDirectories(checkout.resolve("agent/src/test"));
    Files.writeString(checkout.resolve("agent/src/test/T.java"), "class T {}");
    run("up");
    assertThat(mavenCalls()).hasSize(1);
  }

  @Test
  void worksThroughSymbolicLinksFromAnyDirectoryWhichItKeeps() throws Exception {
    var link = directory.resolve("link");
    Files.createSymbolicLink(link, Path.of("a checkout/tallyman"));
    var second = Files.createSymbolicLink(directory.resolve("second"), Path.of("link"));
    var outcome = runProgram(second, Path.of("/usr"), "up");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output()).contains("in /usr");
  }

  @Test
  void aFailedBuildShowsItsErrorsAndItsLogAndIsNotTakenForABuild() throws Exception {
    Files.writeString(checkout.resolve("broken"), "");
    var outcome = run("up");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errors()).contains("it is broken").contains("build.log");
    Files.delete(checkout.resolve("broken"));
    assertThat(run("up").exitCode()).isZero();
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    var first = start(checkout.resolve("tallyman"), directory, "up");
    var second = start(checkout.resolve("tallyman"), directory, "up");
    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue() + second.exitValue()).isZero();
    assertThat(mavenCalls()).hasSize(1);
  }

  @Test
  void aLockWhoseProcessIsGoneIsBroken() throws Exception {
    var gone = new ProcessBuilder("true").start();
    gone.waitFor();
    var target = Files.createDirectories(checkout.resolve("deploy/cli/target"));
    Files.createSymbolicLink(target.resolve("tallyman.lock"), Path.of(Long.toString(gone.pid())));
    assertThat(run("up").exitCode()).isZero();
    assertThat(target.resolve("tallyman.lock")).doesNotExist();
  }

  @Test
  void aLockThatCannotBeMadeIsToldAndNotWaitedFor() throws Exception {
    var bin = Files.createDirectories(directory.resolve("bin"));
    script(bin.resolve("ln"), "exit 1\n");
    environment.put("PATH", bin + ":" + environment.get("PATH"));
    var outcome = run("up");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errors()).contains("cannot write to").hasLineCount(1);
  }

  @Test
  void passesOverAJavaThatIsTooOld() throws Exception {
    environment.put("JAVA_HOME", fakeJdk(directory.resolve("old"), "17.0.9").toString());
    var newer = fakeJdk(directory.resolve("home/.jdks/new"), "99.0.1");
    environment.put("TALLYMAN_TEST_JAVA_AT_LEAST", "99");
    assertThat(run("up").output()).contains("java of " + newer);
  }

  @Test
  void fetchesAJdkWhenThereIsNone() throws Exception {
    var archive = archiveOf(fakeJdk(directory.resolve("fetched/jdk-99"), "99.0.1"));
    try (var server = new JdkServer(archive, sha256(archive))) {
      environment.put("TALLYMAN_TEST_JAVA_AT_LEAST", "99");
      environment.put("TALLYMAN_TEST_JDK_API", server.address());
      var outcome = run("up");
      assertThat(outcome.errors()).contains("fetching");
      assertThat(outcome.output()).contains("java of " + directory.resolve("home/.cache/tallyman"));
    }
    assertThat(run("up").exitCode()).as("from the cache").isZero();
  }

  @Test
  void aJdkThatWasFetchedWholeButNotUnpackedIsNotFetchedAgain() throws Exception {
    var archive = archiveOf(fakeJdk(directory.resolve("fetched/jdk-99"), "99.0.1"));
    var checksum = sha256(archive);
    var cache = Files.createDirectories(directory.resolve("home/.cache/tallyman"));
    Files.copy(archive, cache.resolve("jdk-99-" + checksum.substring(0, 12) + ".tar.gz.part"));
    try (var server = new JdkServer(archive, checksum)) {
      environment.put("TALLYMAN_TEST_JAVA_AT_LEAST", "99");
      environment.put("TALLYMAN_TEST_JDK_API", server.address());
      assertThat(run("up").output()).contains("java of " + cache);
    }
  }

  @Test
  void refusesAJdkWithAWrongChecksumAndKeepsNothingOfIt() throws Exception {
    var archive = archiveOf(fakeJdk(directory.resolve("fetched/jdk-99"), "99.0.1"));
    try (var server = new JdkServer(archive, "0".repeat(64))) {
      environment.put("TALLYMAN_TEST_JAVA_AT_LEAST", "99");
      environment.put("TALLYMAN_TEST_JDK_API", server.address());
      var outcome = run("up");
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.errors()).contains("wrong checksum");
    }
    assertThat(directory.resolve("home/.cache/tallyman")).isEmptyDirectory();
  }

  @Test
  void withoutAnyJavaSaysWhatToInstall() throws Exception {
    environment.put("TALLYMAN_TEST_JAVA_AT_LEAST", "99");
    environment.put("TALLYMAN_TEST_JDK_API", "http://127.0.0.1:1");
    var outcome = run("up");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errors()).contains("needs a JDK 99 or newer");
  }

  @Test
  void demandedTestsThatCannotRunFailAtOnce() throws Exception {
    environment.put("DOCKER_HOST", "unix://" + directory.resolve("none.sock"));
    environment.put("TALLYMAN_TEST_REQUIRE_DOCKER", "true");
    var outcome = run("test");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errors()).contains("no Docker Engine answers").contains("none.sock");
    assertThat(checkout.resolve("maven.calls")).doesNotExist();
  }

  @Test
  void testsThatAreLeftOutAreNamedAndARunWithoutTestsFails() throws Exception {
    environment.put("DOCKER_HOST", "unix://" + directory.resolve("none.sock"));
    var outcome = run("test", "-pl", "schemas");
    assertThat(outcome.errors()).contains("NOT RUN: tests tagged docker");
    assertThat(mavenCalls()).singleElement().asString().contains("verify -pl schemas", "docker");
    assertThat(outcome.output()).endsWith("0 passed, 0 failed, 0 skipped\n");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  @Test
  void reportsAreAddedUp() throws Exception {
    script(
        checkout.resolve("mvnw"),
        """
        [ "$1" != -v ] || exit 0
        for module in schemas agent; do
          mkdir -p $module/target/surefire-reports
          cat >$module/target/surefire-reports/TEST-$module.xml <<'XML'
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="x" version="3.0" name="T" time="0.1" tests="5" errors="1"
           skipped="1" failures="1">
          <testcase name="tests=&quot;9&quot;"/>
        </testsuite>
        XML
        done
        """);
    var outcome = run("test", "--fast");
    assertThat(outcome.output()).endsWith("4 passed, 4 failed, 2 skipped\n");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  private List<String> mavenCalls() throws IOException {
    return Files.readAllLines(checkout.resolve("maven.calls"));
  }

  private Outcome run(String... arguments) throws Exception {
    return runProgram(checkout.resolve("tallyman"), directory, arguments);
  }

  private Outcome runProgram(Path program, Path from, String... arguments) throws Exception {
    var process = start(program, from, arguments);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the launcher ends").isTrue();
    return new Outcome(
        process.exitValue(),
        new String(process.getInputStream().readAllBytes(), UTF_8),
        new String(process.getErrorStream().readAllBytes(), UTF_8));
  }

  private Process start(Path program, Path from, String... arguments) throws IOException {
    var builder = new ProcessBuilder(program.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.directory(from.toFile()).start();
  }

  private static Path fakeJdk(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(
        home.resolve("bin/java"),
        """
        echo "java of $JAVA_HOME in $(pwd)"
        for argument in "$@"; do echo "$argument"; done
        """);
    script(home.resolve("bin/javac"), "");
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path archiveOf(Path jdkHome) throws Exception {
    var archive = directory.resolve("jdk.tar.gz");
    var tar =
        new ProcessBuilder(
                "tar",
                "-czf",
                archive.toString(),
                "-C",
                jdkHome.resolve("..").toString(),
                jdkHome.getFileName().toString())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    return archive;
  }

  private static String sha256(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  /** Answers as the service that has the JDKs. */
  private static final class JdkServer implements AutoCloseable {
    private final HttpServer server;

    JdkServer(Path archive, String checksum) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
      var assets =
          """
          [{"binary": {"installer": {"link": "no"}, "package": {
              "checksum": "%s", "link": "%s/jdk.tar.gz", "size": 1 }}}]
          """
              .formatted(checksum, address());
      answer("/v3/assets/latest/99/hotspot", assets.getBytes(UTF_8));
      answer("/jdk.tar.gz", Files.readAllBytes(archive));
      server.start();
    }

    String address() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(String path, byte[] body) {
      server.createContext(
          path,
          exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
