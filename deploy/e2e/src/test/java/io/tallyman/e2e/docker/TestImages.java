package io.tallyman.e2e.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Images made from what this machine has, because a test must not need an image registry: each is
 * built once for an engine and stays there under a tag that changes with what goes in.
 */
final class TestImages {

  private static final String KAFKA_VERSION = "4.3.1";
  private static final String RECIPE = "1";
  private static final String REPOSITORY = "tallyman-test/";
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final long COMMAND_SECONDS = 120;

  /** What a broker and its set-up need of the JDK: desktop has the beans of log4j. */
  private static final String JAVA_MODULES =
      "java.base,java.compiler,java.desktop,java.logging,java.management,java.naming,java.rmi,java.security.jgss,"
          + "java.security.sasl,java.sql,java.xml,jdk.management,jdk.unsupported,jdk.zipfs";

  private static final List<String> JARS_OF_OTHERS =
      List.of(
          "archunit",
          "assertj",
          "awaitility",
          "docker-java",
          "duct-tape",
          "jna",
          "junit",
          "kafka-streams",
          "micro",
          "netty",
          "picocli",
          "prometheus",
          "reactor",
          "rocksdbjni",
          "tallyman",
          "testcontainers");

  private TestImages() {}

  /** Busybox alone, with all its commands. */
  static synchronized DockerImageName busybox(DockerClient engine) throws Exception {
    return image(engine, "busybox", RECIPE, TestImages::putBusybox);
  }

  /**
   * A Kafka broker, set up as the official image does: {@code kafka.docker.KafkaDockerWrapper}
   * turns the environment into a configuration and formats the storage.
   */
  static synchronized KafkaContainer startableKafka(DockerClient engine) throws Exception {
    return new KafkaContainer(kafka(engine)).withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
  }

  private static DockerImageName kafka(DockerClient engine) throws Exception {
    var tag = KAFKA_VERSION + "-" + RECIPE + "-java" + Runtime.version().feature();
    return image(engine, "kafka", tag, TestImages::putKafka)
        .asCompatibleSubstituteFor("apache/kafka");
  }

  private interface Content {
    void put(RootFileSystem root, Path work) throws IOException, InterruptedException;
  }

  private static DockerImageName image(
      DockerClient engine, String name, String tag, Content content) throws Exception {
    var full = REPOSITORY + name + ":" + tag;
    try {
      engine.inspectImageCmd(full).exec();
    } catch (NotFoundException e) {
      var work = Files.createTempDirectory("tallyman-image");
      try {
        var archive = work.resolve("root.tar");
        try (var root = new RootFileSystem(archive)) {
          content.put(root, work);
        }
        ImageImport.of(archive, full);
      } finally {
        delete(work);
      }
    }
    return DockerImageName.parse(full);
  }

  private static void putBusybox(RootFileSystem root, Path work)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(BUSYBOX)) {
      throw new IllegalStateException(
          "Needs a statically linked " + BUSYBOX + " (Debian: busybox-static)");
    }
    root.file("bin/busybox", BUSYBOX);
    for (var command : output(BUSYBOX.toString(), "--list").lines().toList()) {
      if (!command.equals("busybox")) {
        root.link("bin/" + command, "busybox");
      }
    }
    root.directory("root", 0700);
    root.directory("tmp", 01777);
    root.file("etc/passwd", bytes("root:x:0:0:root:/root:/bin/sh\n"));
    root.file("etc/group", bytes("root:x:0:\n"));
  }

  private static void putKafka(RootFileSystem root, Path work)
      throws IOException, InterruptedException {
    putBusybox(root, work);
    // Testcontainers starts the broker from a script for bash that any shell understands.
    root.file("bin/bash", bytes("#!/bin/sh\nexec /bin/sh \"$@\"\n"));
    putJava(root, work);
    for (var jar : System.getProperty("java.class.path").split(":", -1)) {
      var file = Path.of(jar);
      var name = file.getFileName().toString();
      if (name.endsWith(".jar") && JARS_OF_OTHERS.stream().noneMatch(name::startsWith)) {
        root.file("opt/kafka/libs/" + name, file);
      }
    }
    for (var file : List.of("run", "server.properties", "log4j2.yaml", "tools-log4j2.yaml")) {
      root.file("etc/kafka/docker/" + file, resource("/kafka-image/" + file));
    }
    root.file("opt/kafka/config/logback.xml", resource("/kafka-image/logback.xml"));
    root.directory("mnt/shared/config", 0755);
  }

  private static void putJava(RootFileSystem root, Path work)
      throws IOException, InterruptedException {
    var home = Path.of(System.getProperty("java.home"));
    var java = work.resolve("java");
    output(
        home.resolve("bin/jlink").toString(),
        "--add-modules",
        JAVA_MODULES,
        "--strip-debug",
        "--no-header-files",
        "--no-man-pages",
        "--output",
        java.toString());
    root.tree("opt/java", java);
    for (var library : systemLibraries(java)) {
      root.file(library.toString().substring(1), library);
    }
  }

  /** What the Java of this machine is linked with, outside of itself, at the places it looks. */
  private static Set<Path> systemLibraries(Path java) throws IOException, InterruptedException {
    var libraries = new TreeSet<Path>();
    for (var program : List.of("bin/java", "lib/server/libjvm.so", "lib/libnet.so")) {
      Arrays.stream(output("ldd", java.resolve(program).toString()).split("\\s+"))
          .filter(word -> word.startsWith("/") && !word.endsWith(":"))
          .map(Path::of)
          .filter(path -> !path.normalize().startsWith(java))
          .forEach(libraries::add);
    }
    return libraries;
  }

  private static String output(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException("failed: " + String.join(" ", command) + "\n" + output);
    }
    return output;
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = TestImages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return in.readAllBytes();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
