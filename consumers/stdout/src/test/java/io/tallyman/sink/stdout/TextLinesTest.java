package io.tallyman.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.Action;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class TextLinesTest {

  @Test
  void aSampleIsStatspoutsLine() {
    assertThat(line(Samples.stats().build()))
        .isEqualTo(
            "[shop-web-1] {03 Feb 26 04:05:06 UTC} CPU: 25.00%, MEM: 25.00% [67108864 B] Tx/Rx: 2000000/1000000\n");
  }

  @Test
  void interfacesAreAddedUp() {
    var networks = List.of(Samples.network("eth0").build(), Samples.network("eth1").build());

    assertThat(line(Samples.stats().setNetworks(networks).build()))
        .endsWith("Tx/Rx: 4000000/2000000\n");
  }

  @Test
  void percentagesAreRoundedAsGoDoes() {
    var cpu = Samples.cpu().setPercent(0.125).build();
    var memory = Samples.memory().setPercent(1.005).build();

    assertThat(line(Samples.stats().setCpu(cpu).setMemory(memory).build()))
        .contains("CPU: 0.12%, MEM: 1.00% ");
  }

  @Test
  void whatIsNotKnownIsADash() {
    var stats =
        Samples.stats()
            .setContainerName(null)
            .setCpu(null)
            .setMemory(null)
            .setNetworks(List.of())
            .build();

    assertThat(line(stats))
        .isEqualTo("[3f4e8a0c5b7d] {03 Feb 26 04:05:06 UTC} CPU: -%, MEM: -% [- B] Tx/Rx: 0/0\n");
  }

  @Test
  void monthsAreThoseOfGo() {
    for (var month : Month.values()) {
      var time = Samples.TIME.atOffset(ZoneOffset.UTC).withMonth(month.getValue()).toInstant();
      var name =
          month.name().charAt(0) + month.name().substring(1, 3).toLowerCase(java.util.Locale.ROOT);

      assertThat(line(Samples.stats().setSampledAt(time).build()))
          .contains("{03 " + name + " 26 04:05:06 UTC}");
    }
  }

  @Test
  void eachOtherKindHasALineOfItsOwn() {
    assertThat(line(Samples.event().build()))
        .isEqualTo("[shop-web-1] {03 Feb 26 04:05:06 UTC} start (live)\n");
    assertThat(line(Samples.death().build()))
        .isEqualTo("[shop-web-1] {03 Feb 26 04:05:06 UTC} die, exit code 137, signal 9 (live)\n");
    assertThat(
            line(
                Samples.event()
                    .setAction(Action.RENAME)
                    .setRawAction("rename")
                    .setOldName("old")
                    .build()))
        .isEqualTo("[shop-web-1] {03 Feb 26 04:05:06 UTC} rename, was old (live)\n");
    assertThat(line(Samples.state().build()))
        .isEqualTo("[shop-web-1] {03 Feb 26 04:05:06 UTC} is running, health healthy\n");
    assertThat(line(Samples.hostStatus().build()))
        .isEqualTo("[quay-1] {03 Feb 26 04:05:06 UTC} host: 3 running, 0 paused, 1 stopped\n");
    assertThat(line(Samples.gap().build()))
        .isEqualTo(
            "[4c0f5a6e-9d1b-4f6e-8a51-0f4c5b8e7d21] {03 Feb 26 04:05:06 UTC}"
                + " gap in events since 03 Feb 26 04:04:36 UTC: engine restart, lost -\n");
    assertThat(line(Samples.alert().build()))
        .isEqualTo(
            "[shop-web-1] {03 Feb 26 04:05:06 UTC} alert raised: CPU 93.50%, threshold 80.00%\n");
    assertThat(line(Samples.tombstone(Samples.CONTAINER_ID, 0)))
        .isEqualTo("[3f4e8a0c5b7d] {03 Feb 26 04:05:06 UTC} removed\n");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    assertThat(line(Samples.hostStatus().setHostName("a\u001b[2Jb\nc").build()))
        .startsWith("[a?[2Jb?c]")
        .containsOnlyOnce("\n");
  }

  private static String line(SpecificRecord record) {
    return line(Samples.sinkRecord(record, 0));
  }

  private static String line(SinkRecord record) {
    var out = new ByteArrayOutputStream();
    try {
      new TextLines().write(record, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(UTF_8);
  }
}
