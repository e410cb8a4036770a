package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "agent",
        "query",
        "sink stdout",
        "sink influxdb",
        "sink mongodb",
        "sink prometheus",
        "topics create",
        "topics describe",
        "test"
      })
  void everyCommandHelpsWithExamples(String command) {
    Run run = Run.of((command + " --help").split(" ", -1));
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Usage: tallyman " + command, "Examples:", "--help");
  }

  @Test
  void theExamplesOfASinkGiveWhatItMustHave() {
    assertThat(Run.of("sink", "influxdb", "--help").out())
        .contains("tallyman sink influxdb --kafka broker:9092 --url URL\n");
    assertThat(Run.of("sink", "stdout", "--help").out())
        .contains("tallyman sink stdout --kafka broker:9092\n");
  }

  @Test
  void whatASinkLacksIsAskedForInTheWordsOfTheCommand() {
    assertThat(Run.of("sink", "influxdb", "--kafka", "127.0.0.1:1").err())
        .contains("tallyman.influxdb.url is not set: give --url, TALLYMAN_INFLUXDB_URL or");
    assertThat(Run.of("up", "--sink", "influxdb").err())
        .contains("give --set tallyman.influxdb.url=…, TALLYMAN_INFLUXDB_URL or");
  }

  @Test
  void theHelpListsWhatThereIsAndNothingElse() {
    Run run = Run.of("--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("up ", "agent ", "query ", "sink ", "topics ", "test ", "bench ");
    assertThat(run.out()).doesNotContain("replay", "archive", "stack", "doctor", "hosts ");
  }

  @Test
  void versionIsPrinted() {
    Run run = Run.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("tallyman ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tops",
        "topics",
        "up --prot 1",
        "up --port http",
        "up --interval 0s",
        "up --interval",
        "up --simulate x",
        "up --simulate=-5",
        "up --simulate --docker-host unix:///x.sock",
        "up --log-level loud",
        "up --set tallyman.nothing=1",
        "up --config /does/not/exist.yml",
        "up --sink nothing",
        "up --sink stdout --sink stdout",
        "up --sink influxdb",
        "sink influxdb --kafka 127.0.0.1:1",
        "agent",
        "query",
        "sink",
        "sink nothing",
        "sink stdout",
        "topics create"
      })
  void whatIsUsedWronglyIsToldInOneLineAndEndsWithTwo(String line) {
    Run run = Run.of(line.isEmpty() ? new String[0] : line.split(" ", -1));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).startsWith("tallyman");
  }

  @Test
  void aMistypedOptionOrCommandIsRecognised() {
    assertThat(Run.of("up", "--prot", "1").err()).contains("did you mean --port?");
    assertThat(Run.of("topisc").err()).contains("did you mean topics?");
  }

  @Test
  void aPartWithoutKafkaSaysSo() {
    for (String command : new String[] {"agent", "query"}) {
      assertThat(Run.of(command).err()).contains("--kafka", "HOST:PORT");
    }
  }

  @Test
  void flagsAreTheSourceThatAnErrorNames() {
    assertThat(Run.of("up", "--interval", "5").err())
        .contains("tallyman.stats.interval", "'5'", "--interval", "such as 5s");
    assertThat(Run.of(Map.of("TALLYMAN_QUERY_PORT", "x"), "up").err())
        .contains("tallyman.query.port", "TALLYMAN_QUERY_PORT");
  }
}
