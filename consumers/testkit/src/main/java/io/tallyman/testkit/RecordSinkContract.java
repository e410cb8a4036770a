package io.tallyman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every sink must pass. A sink whose store remembers passes {@link StoreSinkContract} too.
 *
 * <p>Each test starts with an empty store, which the subclass provides.
 */
public abstract class RecordSinkContract {

  private final List<RecordSink> open = new ArrayList<>();

  /** A sink that is not open. */
  protected abstract RecordSink newSink();

  /** With the options that lead to the store. */
  protected abstract SinkContext context();

  /** Whether the store shows what the record tells. */
  protected abstract boolean holds(SinkRecord record);

  @AfterEach
  final void closeSinks() {
    open.forEach(RecordSink::close);
  }

  /** A sink on the store; closed after the test. */
  protected final RecordSink openSink() throws SinkException {
    var sink = newSink();
    open.add(sink);
    sink.open(context());
    return sink;
  }

  /** One record of each kind, and a tombstone. */
  protected final List<SinkRecord> records() {
    var records = new ArrayList<SinkRecord>();
    for (var record : Samples.oneOfEach()) {
      records.add(Samples.sinkRecord(record, records.size()));
    }
    records.add(Samples.tombstone(Samples.containerId(1), records.size()));
    return records;
  }

  /** Samples of that many containers. */
  protected final List<SinkRecord> samples(int count) {
    var records = new ArrayList<SinkRecord>();
    for (int i = 0; i < count; i++) {
      var stats =
          Samples.stats()
              .setContainerId(Samples.containerId(i))
              .setContainerName("container-" + i)
              .setSequence(i)
              .build();
      records.add(Samples.sinkRecord(stats, i));
    }
    return records;
  }

  @Test
  void afterFlushTheStoreShowsAllThatWasPut() throws SinkException {
    var sink = openSink();
    var first = records();
    var second = samples(100);

    sink.put(first);
    sink.put(second);
    sink.flush();

    assertThat(first).allMatch(this::holds);
    assertThat(second).allMatch(this::holds);
  }

  @Test
  void flushWithoutPutIsFine() throws SinkException {
    var sink = openSink();

    assertThatCode(sink::flush).doesNotThrowAnyException();
  }

  @Test
  void canBeClosedTwice() throws SinkException {
    var sink = openSink();
    sink.put(samples(1));
    sink.flush();

    sink.close();

    assertThatCode(sink::close).doesNotThrowAnyException();
  }

  @Test
  void canBeClosedWithoutHavingBeenOpen() {
    assertThatCode(() -> newSink().close()).doesNotThrowAnyException();
  }
}
