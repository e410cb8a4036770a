package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StormTest {

  private static final Duration LENGTH = Duration.ofSeconds(20);

  private final MovableClock clock = new MovableClock();

  @TempDir private Path directory;

  @Test
  void allOfItHappensAtTheRateThatWasAskedFor() {
    List<EngineEvent> events = rage(Storm.of(7, 20, 500), LENGTH);

    assertThat(events.stream().filter(event -> event.type().equals("container")).count())
        .isBetween(9_900L, 10_200L);
    assertThat(events.stream().map(event -> event.action().split(" ", 2)[0]).distinct())
        .contains("create", "start", "kill", "stop", "die", "oom", "rename", "health_status:")
        .contains("exec_create:", "exec_start:", "exec_die", "destroy");
    assertThat(events).isSortedAccordingTo((a, b) -> Long.compare(a.timeNanos(), b.timeNanos()));
  }

  @Test
  void theSeedDecides() {
    List<EngineEvent> first = rage(Storm.of(7, 20, 100), LENGTH);
    assertThat(rage(Storm.of(7, 20, 100), LENGTH)).as("seed 7").isEqualTo(first);
    assertThat(rage(Storm.of(8, 20, 100), LENGTH)).as("seed 8").isNotEqualTo(first);
  }

  @Test
  void onlyWhatWasChosenHappens() {
    List<EngineEvent> events = rage(Storm.of(7, 5, 100).only(Storm.Kind.RENAME), LENGTH);

    assertThat(events.stream().map(EngineEvent::action).distinct())
        .containsExactly("create", "rename");
  }

  @Test
  void itEndsWhenToldTo() {
    try (SimulatedEngine engine = engine()) {
      List<EngineEvent> events = new ArrayList<>();
      engine.observe(events::add);
      engine.storm(Storm.of(7, 5, 100));
      engine.calm();
      events.clear();
      clock.forward(LENGTH);
      engine.advance();
      assertThat(events).isEmpty();

      engine.storm(new Storm(7, "next", 5, 100, Storm.of(7, 5, 100).kinds()));
      events.clear();
      clock.forward(LENGTH);
      engine.advance();
      assertThat(events).isNotEmpty();
    }
  }

  private List<EngineEvent> rage(Storm storm, Duration length) {
    Instant begin = clock.instant();
    List<EngineEvent> events = new ArrayList<>();
    try (SimulatedEngine engine = engine()) {
      engine.observe(events::add);
      engine.storm(storm);
      clock.forward(length);
      engine.advance();
    }
    clock.forward(Duration.between(clock.instant(), begin));
    return events;
  }

  private SimulatedEngine engine() {
    return SimulatedEngine.start(
        SimulatorConfig.at(new Endpoint.UnixSocket(directory.resolve("sock")))
            .manualClock(clock)
            .build());
  }
}
