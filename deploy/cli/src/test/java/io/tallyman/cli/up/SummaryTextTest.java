package io.tallyman.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.cli.up.Snapshot.Busy;
import io.tallyman.cli.up.Snapshot.Happening;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SummaryTextTest {

  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final SummaryText text = new SummaryText(ZoneOffset.UTC);

  private static Happening died(String id, Instant time) {
    return new Happening(id, time, "die", "web", "nginx:1", "quay", 137);
  }

  private static Snapshot snapshot(
      long waiting, long dropped, boolean stale, @Nullable String problem, List<Happening> latest) {
    List<Busy> top =
        List.of(
            new Busy("web", "quay", 12.345, 1_572_864L, 536_870_912L),
            new Busy("x".repeat(200), "quay", null, null, null));
    return new Snapshot(1, 2, 3, 0.4, 7, waiting, dropped, 0, stale, NOON, top, latest, problem);
  }

  @Test
  void theStatusTellsCountsRatesAndLanes() {
    assertThat(text.status(snapshot(0, 0, false, null, List.of())))
        .isEqualTo("1 host, 2 containers running (3 not), 0.4 samples/s, 7 records, lanes ok");
    assertThat(text.status(snapshot(500, 0, false, null, List.of()))).endsWith("500 waiting");
    assertThat(text.status(snapshot(0, 4, false, null, List.of()))).endsWith("4 dropped");
    assertThat(text.status(snapshot(0, 0, true, null, List.of()))).endsWith("lanes behind");
    assertThat(text.status(snapshot(0, 0, true, "Kafka is away", List.of())))
        .endsWith("Kafka is away");
  }

  @Test
  void anEngineThatDoesNotAnswerIsTold() {
    Snapshot one = new Snapshot(1, 2, 0, 0.4, 7, 0, 0, 1, false, NOON, List.of(), List.of(), null);
    assertThat(text.status(one)).endsWith(", the engine does not answer");
    Snapshot many = new Snapshot(3, 2, 0, 0.4, 7, 0, 0, 2, false, NOON, List.of(), List.of(), null);
    assertThat(text.status(many)).endsWith(", 2 engines without answer");
  }

  @Test
  void noLineOfTheBlockIsWiderThanTheTerminal() {
    for (int width : new int[] {40, 80, 200}) {
      assertThat(text.block(snapshot(0, 0, false, null, List.of(died("1", NOON))), width))
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width))
          .anyMatch(line -> line.contains("12.3") && line.contains("1.5 MiB / 512 MiB"))
          .anyMatch(line -> line.startsWith("12:00:00  die 137"));
    }
  }

  @Test
  void namesCannotCommandTheTerminal() {
    Happening evil = new Happening("1", NOON, "start", "a\u001b[2Jb", "i\nj", "quay", null);
    assertThat(text.event(evil)).doesNotContain("\u001b", "\n").contains("a?[2Jb", "i?j");
  }

  @Test
  void linesShowEachEventOfThisRunOnceOldestFirst() {
    List<Happening> newestFirst = new ArrayList<>();
    newestFirst.add(died("before", NOON.minusSeconds(1)));
    StringWriter out = new StringWriter();
    Summary.Lines lines =
        new Summary.Lines(
            () -> snapshot(0, 0, false, null, List.copyOf(newestFirst)),
            () -> {},
            new PrintWriter(out),
            NOON,
            ZoneOffset.UTC);
    lines.tick();
    newestFirst.addFirst(died("first", NOON.plusSeconds(1)));
    newestFirst.addFirst(died("second", NOON.plusSeconds(2)));
    lines.tick();
    lines.tick();
    assertThat(out.toString().lines())
        .containsExactly(
            "1 host, 2 containers running (3 not), 0.4 samples/s, 7 records, lanes ok",
            "12:00:01  die 137        web  nginx:1",
            "12:00:02  die 137        web  nginx:1");
  }

  @Test
  void bytesHaveThreeDigitsAtMost() {
    assertThat(SummaryText.bytes(999)).isEqualTo("999 B");
    assertThat(SummaryText.bytes(1_000)).isEqualTo("1.0 KiB");
    assertThat(SummaryText.bytes(1L << 30)).isEqualTo("1.0 GiB");
    assertThat(SummaryText.bytes(750L << 20)).isEqualTo("750 MiB");
  }

  @Test
  void theTerminalsSizeIsReadFromStty() {
    assertThat(Terminal.parse("50 132\n")).isEqualTo(new Terminal.Size(50, 132));
    assertThat(Terminal.parse("0 0\n")).isEqualTo(new Terminal.Size(24, 80));
    assertThat(Terminal.parse("")).isEqualTo(new Terminal.Size(24, 80));
  }
}
