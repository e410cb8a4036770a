package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tallyman.cli.Tallyman.Surroundings;
import io.tallyman.cli.settings.Catalogue;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AgentCommandTest {

  @TempDir Path directory;

  @Test
  void whatKafkaHasNotTakenMakesItFailAndSayWhereItIs() throws Exception {
    // Another test may be the first to log, at this very moment.
    await().until(() -> LoggerFactory.getILoggerFactory() instanceof LoggerContext);
    Logger logger = (Logger) LoggerFactory.getLogger("io.tallyman.agent.publish");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    StopSignal stop = new StopSignal();
    try (SimulatedEngine engine =
        SimulatedEngine.start(
            SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("d.sock"))).build())) {
      CompletableFuture<Run> running =
          CompletableFuture.supplyAsync(() ->
              Run.of(
                  new Surroundings(Map.of(), stop, Catalogue.builtIn()),
                  "agent",
                  "--kafka",
                  "127.0.0.1:1",
                  "--docker-host",
                  engine.dockerHost().toString(),
                  "--port",
                  "0",
                  "--data-dir",
                  directory.resolve("data").toString()));
      engine.run(ContainerSpec.named("web").build());
      await().atMost(Duration.ofSeconds(60)).until(() -> running.isDone() || hasSpooled());
      await().atMost(Duration.ofSeconds(60)).until(() -> !linesOfKafka(log).isEmpty());
      stop.request();
      Run run = running.get(60, TimeUnit.SECONDS);

      assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
      assertThat(run.err())
          .hasLineCount(1)
          .containsPattern("[1-9]\\d* records? stays? in ")
          .contains(directory.resolve("data/agent/spool").toString())
          .contains("sent at the next start");
    } finally {
      logger.detachAppender(log);
    }
    assertThat(linesOfKafka(log).getFirst()).contains("not answered yet", "kept in the spool");
    assertThat(linesOfKafka(log)).doesNotHaveDuplicates();
  }

  private static List<String> linesOfKafka(ListAppender<ILoggingEvent> log) {
    return List.copyOf(log.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains("127.0.0.1:1"))
        .toList();
  }

  private boolean hasSpooled() throws IOException {
    Path spool = directory.resolve("data/agent/spool/events");
    if (!Files.isDirectory(spool)) {
      return false;
    }
    try (Stream<Path> files = Files.list(spool)) {
      return files.anyMatch(file -> file.toString().endsWith(".frames"));
    }
  }
}
