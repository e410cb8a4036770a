package io.tallyman.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EventStreamParsingTest {

  private static final String DIE =
      """
      {"status":"die","id":"c1","from":"img","Type":"container","Action":"die",\
      "Actor":{"ID":"c1","Attributes":{"exitCode":"137","name":"wëb 🚢","odd":7}},\
      "scope":"local","time":1795224457,"timeNano":1795224457172085095,"new":{"a":[1,{}]}}
      """;

  @Test
  void eventsSurviveSplitsAfterEveryByte() {
    List<EngineEvent> events = all(byteByByte(DIE + DIE + DIE));

    assertThat(events)
        .hasSize(3)
        .allSatisfy(e -> {
          assertThat(e.action()).isEqualTo("die");
          assertThat(e.containerId()).isEqualTo("c1");
          assertThat(e.timeNanos()).isEqualTo(1795224457172085095L);
          assertThat(e.attributes())
              .containsEntry("name", "wëb 🚢")
              .containsEntry("exitCode", "137")
              .doesNotContainKey("odd");
        });
  }

  @Test
  void severalEventsMayComeAtOnceAndWithoutNewlines() {
    assertThat(all(bytes(DIE.strip() + DIE.strip()))).hasSize(2);
  }

  @Test
  void commandLinesOfExecsAreCutOff() {
    String exec =
        "{\"Action\":\"exec_create: sh -c echo $SECRET\",\"Actor\":{\"ID\":\"c\"},\"time\":3}";

    EngineEvent event = all(bytes(exec)).getFirst();

    assertThat(event.action()).isEqualTo("exec_create");
    assertThat(event.timeNanos()).isEqualTo(3_000_000_000L);
  }

  @Tag("mechanism")
  @Test
  void withoutTheCutACommandLineIsRead() {
    String exec = "{\"Action\":\"exec_create: sh -c echo $SECRET\",\"Actor\":{\"ID\":\"c\"}}";
    try (OpenBody body = open(bytes(exec))) {
      EngineEvent event =
          body.next(parser -> EventParser.parseWithout(Set.of(Mechanism.EXEC_CUT), parser));
      assertThat(Objects.requireNonNull(event).action()).contains("$SECRET");
    }
  }

  @Test
  void healthStatesKeepTheirColon() {
    String health =
        "{\"Action\":\"health_status: healthy\",\"Actor\":{\"ID\":\"c\",\"Attributes\":null}}";
    assertThat(all(bytes(health)).getFirst().action()).isEqualTo("health_status: healthy");
  }

  @Test
  void aStreamThatIsCutWithinAnEventIsABrokenConnection() {
    try (OpenBody body = open(bytes(DIE + DIE.substring(0, 60)))) {
      body.next(EventParser::parse);
      assertThatThrownBy(() -> body.next(EventParser::parse))
          .isInstanceOf(EngineException.Unreachable.class);
    }
  }

  @Test
  void whatIsNotJsonIsUnexpectedAndNotRepeatedInTheMessage() {
    try (OpenBody body = open(bytes("secret!"))) {
      assertThatThrownBy(() -> body.next(EventParser::parse))
          .isInstanceOf(EngineException.Unexpected.class)
          .hasNoCause()
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void whateverTheClientThrowsIsABrokenConnectionAndClosingIsQuiet() {
    InputStream shutDown =
        new InputStream() {
          @Override
          public int read() {
            throw new IllegalStateException("Connection is shut down");
          }

          @Override
          public int read(byte[] b, int off, int len) {
            return read();
          }

          @Override
          public void close() throws IOException {
            throw new IOException("already gone");
          }
        };
    try (OpenBody body = open(shutDown)) {
      assertThatThrownBy(() -> body.next(EventParser::parse))
          .isInstanceOf(EngineException.Unreachable.class)
          .hasMessageContaining("shut down");
    }
  }

  private static List<EngineEvent> all(InputStream stream) {
    List<EngineEvent> events = new ArrayList<>();
    try (OpenBody body = open(stream)) {
      for (EngineEvent e = body.next(EventParser::parse);
          e != null;
          e = body.next(EventParser::parse)) {
        events.add(e);
      }
    }
    return events;
  }

  private static OpenBody open(InputStream stream) {
    EngineFailures failures =
        new EngineFailures(EngineEndpoint.of(URI.create("tcp://localhost:1")));
    return new OpenBody(stream, stream, failures, "/events");
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream byteByByte(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public synchronized int read(byte[] b, int off, int len) {
        return super.read(b, off, Math.min(len, 1));
      }

      @Override
      public void close() throws IOException {
        super.close();
      }
    };
  }
}
