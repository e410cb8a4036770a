package io.tallyman.testkit;

import io.tallyman.schemas.Topics;
import io.tallyman.sink.Reading;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import java.util.List;
import java.util.function.Supplier;

/** The sinks of a test as a kind of sink. */
record MemoryProvider(Supplier<RecordSink> sinks, Reading reading, List<String> topics)
    implements SinkProvider {

  MemoryProvider(Supplier<RecordSink> sinks, Reading reading) {
    this(sinks, reading, List.of(Topics.STATS.name()));
  }

  MemoryProvider(Supplier<RecordSink> sinks) {
    this(sinks, Reading.GROUP);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String description() {
    return "Keeps records in memory";
  }

  @Override
  public List<SinkOption> options() {
    return List.of();
  }

  @Override
  public RecordSink create() {
    return sinks.get();
  }
}
