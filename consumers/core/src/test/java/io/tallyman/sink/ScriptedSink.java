package io.tallyman.sink;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes down what it is told, and fails as it was told to. */
final class ScriptedSink implements RecordSink {

  final List<String> journal;
  final List<List<String>> puts = new ArrayList<>();
  final List<String> durable = new ArrayList<>();
  final Deque<Exception> openFailures = new ArrayDeque<>();
  final Deque<Exception> putFailures = new ArrayDeque<>();
  final Deque<Exception> flushFailures = new ArrayDeque<>();
  Predicate<SinkRecord> refuses = record -> false;
  Runnable onPut = () -> {};
  boolean closed;
  private final List<String> buffered = new ArrayList<>();

  ScriptedSink(List<String> journal) {
    this.journal = journal;
  }

  @Override
  public void open(SinkContext context) throws SinkException {
    journal.add("open");
    fail(openFailures.poll());
  }

  @Override
  public void put(List<SinkRecord> batch) throws SinkException {
    journal.add("put");
    onPut.run();
    puts.add(batch.stream().map(SinkRecord::toString).toList());
    fail(putFailures.poll());
    Map<SinkRecord, String> refused = new LinkedHashMap<>();
    batch.stream().filter(refuses).forEach(record -> refused.put(record, "not to my taste"));
    if (!refused.isEmpty()) {
      throw new SinkException.Rejected(refused);
    }
    batch.forEach(record -> buffered.add(record.toString()));
  }

  @Override
  public void flush() throws SinkException {
    journal.add("flush");
    fail(flushFailures.poll());
    durable.addAll(buffered);
    buffered.clear();
  }

  @Override
  public void close() {
    journal.add("close");
    closed = true;
  }

  private static void fail(@Nullable Exception failure) throws SinkException {
    switch (failure) {
      case null -> {}
      case SinkException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(failure);
    }
  }
}
