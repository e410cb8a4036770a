package io.tallyman.testkit;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class InMemorySinkTest extends StoreSinkContract {

  private final InMemoryStore store = new InMemoryStore();

  @Override
  protected RecordSink newSink() {
    return new InMemorySink(store);
  }

  @Override
  protected SinkContext context() {
    return new SinkContext(
        "memory", SinkOptions.of(List.of(), Map.of()), List.of(), "", SinkMetrics.NOOP);
  }

  @Override
  protected boolean holds(SinkRecord record) {
    return Optional.ofNullable(record.value())
        .equals(store.content().get(InMemoryStore.identity(record)));
  }

  @Override
  protected Object content() {
    return store.content();
  }

  @Override
  protected void stopStore() {
    store.setDown(true);
  }

  @Override
  protected void startStore() {
    store.setDown(false);
  }

  @Override
  protected void refuseCredentials() {
    store.refuseCredentials();
  }

  @Override
  protected SinkRecord unacceptable(long offset) {
    store.rejectIf(record -> record.offset() == offset);
    return Samples.sinkRecord(Samples.gap().build(), offset);
  }
}
