package io.tallyman.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProviders;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.RecordSinkContract;
import io.tallyman.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StdoutSinkTest extends RecordSinkContract {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Override
  protected RecordSink newSink() {
    return new StdoutSink(out);
  }

  @Override
  protected SinkContext context() {
    return context("json");
  }

  private static SinkContext context(String format) {
    var provider = new StdoutProvider();
    return new SinkContext(
        "stdout",
        SinkOptions.of(provider.options(), Map.of("format", format)),
        provider.topics(),
        "",
        SinkMetrics.NOOP);
  }

  @Override
  protected boolean holds(SinkRecord record) {
    try {
      var line = new ByteArrayOutputStream();
      new JsonLines().write(record, line);
      return out.toString(UTF_8).contains(line.toString(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void isFoundByItsName() {
    assertThat(SinkProviders.of(StdoutSinkTest.class.getClassLoader()).named("stdout"))
        .isInstanceOf(StdoutProvider.class);
  }

  @Test
  void formatsAreChosenByName() throws SinkException {
    try (var sink = newSink()) {
      sink.open(context("text"));
      sink.put(List.of(Samples.sinkRecord(Samples.stats().build(), 0)));
    }
    try (var sink = newSink()) {
      sink.open(context("avro-json"));
      sink.put(List.of(Samples.sinkRecord(Samples.gap().build(), 0)));
    }

    assertThat(out.toString(UTF_8).lines())
        .satisfiesExactly(
            text -> assertThat(text).startsWith("[shop-web-1]"),
            avro -> assertThat(avro).contains("\"from\":{\"long\":"));
  }

  @Test
  void anUnknownFormatIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> newSink().open(context("xml")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option format is 'xml', but must be one of json, text, avro-json");
  }

  @Test
  void endsWhenTheReaderHasGone() {
    assertThatThrownBy(() -> putInto(failing("Broken pipe")))
        .isInstanceOf(SinkException.Ended.class);
  }

  @Test
  void aFullDiskIsAFailure() {
    assertThatThrownBy(() -> putInto(failing("No space left on device")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("No space left on device");
  }

  @Test
  void aLargeBatchIsWrittenInWholeLines() throws SinkException {
    var pieces = new java.util.ArrayList<String>();
    var stream =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("a byte at a time");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            pieces.add(new String(bytes, offset, length, UTF_8));
          }
        };
    try (var sink = new StdoutSink(stream)) {
      sink.open(context());
      sink.put(samples(2_000));
      sink.flush();
    }

    assertThat(pieces).hasSizeGreaterThan(1).allMatch(piece -> piece.endsWith("\n"));
    assertThat(String.join("", pieces).lines()).hasSize(2_000);
  }

  private void putInto(OutputStream stream) throws SinkException {
    try (var sink = new StdoutSink(stream)) {
      sink.open(context());
      sink.put(samples(1));
      sink.flush();
    }
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }
}
