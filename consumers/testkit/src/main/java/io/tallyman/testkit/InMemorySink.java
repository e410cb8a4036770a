package io.tallyman.testkit;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes into an {@link InMemoryStore}, as a sink should. */
public final class InMemorySink implements RecordSink {

  private final InMemoryStore store;
  private final List<SinkRecord> buffer = new ArrayList<>();

  public InMemorySink(InMemoryStore store) {
    this.store = store;
  }

  @Override
  public void open(SinkContext context) throws SinkException {
    reach();
  }

  @Override
  public void put(List<SinkRecord> batch) throws SinkException {
    reach();
    Map<SinkRecord, String> refused = new LinkedHashMap<>();
    for (var record : batch) {
      if (!store.accepts(record)) {
        refused.put(record, "the store does not accept it");
      }
    }
    if (!refused.isEmpty()) {
      throw new SinkException.Rejected(refused);
    }
    buffer.addAll(batch);
  }

  @Override
  public void flush() throws SinkException {
    try {
      reach();
      store.write(buffer);
    } finally {
      buffer.clear();
    }
  }

  private void reach() throws SinkException {
    if (store.isDown()) {
      throw new SinkException.Unavailable("the store is down", null);
    }
    if (store.refusesCredentials()) {
      throw new SinkException.CredentialsRefused("the store refuses the password", null);
    }
  }

  @Override
  public void close() {
    buffer.clear();
  }
}
