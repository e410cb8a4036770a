package com.example.tallyman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProviders;
import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.RecordSinkContract;
import io.tallyman.testkit.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of all sinks, and what is particular to this one. */
class FileSinkTest extends RecordSinkContract {

  private final FileProvider provider = new FileProvider();

  @TempDir Path directory;

  @Override
  protected RecordSink newSink() {
    return provider.create();
  }

  @Override
  protected SinkContext context() {
    return context(file());
  }

  private SinkContext context(Path file) {
    return new SinkContext(
        provider.name(),
        SinkOptions.of(provider.options(), Map.of(FileProvider.PATH, file.toString())),
        provider.topics(),
        "",
        SinkMetrics.NOOP);
  }

  private Path file() {
    return directory.resolve("events.txt");
  }

  @Override
  protected boolean holds(SinkRecord record) {
    return lines().stream().anyMatch(line -> line.startsWith(record + "\t"));
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void isFoundByItsName() {
    assertThat(SinkProviders.of(getClass().getClassLoader()).named("file"))
        .isInstanceOf(FileProvider.class);
  }

  @Test
  void aLineIsThePlaceAndTheRecord() throws SinkException {
    var sink = openSink();
    sink.put(List.of(Samples.sinkRecord(Samples.death().build(), 7)));
    sink.flush();

    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("docker.events.v1-0@7\t{\"eventId\":\"ffeeddcc")
        .contains("\"exitCode\":137");
  }

  @Test
  void goesOnBehindWhatIsThere() throws SinkException {
    for (int offset = 0; offset < 2; offset++) {
      var sink = openSink();
      sink.put(List.of(Samples.sinkRecord(Samples.event().build(), offset)));
      sink.flush();
      sink.close();
    }

    assertThat(lines()).hasSize(2);
  }

  @Test
  void aRecordThatIsTooLongIsNamed() throws SinkException {
    var sink = openSink();
    var long_ = Samples.event().setLabels(Map.of("long", "x".repeat(1 << 20))).build();
    var batch =
        List.of(Samples.sinkRecord(Samples.event().build(), 1), Samples.sinkRecord(long_, 2));

    var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> sink.put(batch));

    assertThat(rejection.reasons()).containsOnlyKeys(batch.get(1));
    assertThat(lines()).isEmpty();
  }

  @Test
  void aDirectoryThatIsNotThereIsAnOutage() {
    assertThatThrownBy(() -> newSink().open(context(directory.resolve("no/such/file"))))
        .isInstanceOf(SinkException.Unavailable.class);
  }
}
