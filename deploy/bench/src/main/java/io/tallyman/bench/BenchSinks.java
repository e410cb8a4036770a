package io.tallyman.bench;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.SinkProviders;
import io.tallyman.sink.SinkRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Opens sinks of the program without a worker, and feeds them as one does. */
final class BenchSinks {

  /** What a worker gives at once when it is behind. */
  static final int BATCH = 5_000;

  private BenchSinks() {}

  static RecordSink open(String name, Map<String, String> options) {
    SinkProvider provider = SinkProviders.of(BenchSinks.class.getClassLoader()).named(name);
    RecordSink sink = provider.create();
    try {
      sink.open(
          new SinkContext(
              name,
              SinkOptions.of(provider.options(), options),
              provider.topics(),
              "",
              SinkMetrics.NOOP));
    } catch (SinkException e) {
      sink.close();
      throw new BenchException("the sink " + name + " does not open: " + e.getMessage(), e);
    }
    return sink;
  }

  /** Seconds that the batches took. */
  static double write(RecordSink sink, List<List<SinkRecord>> batches) {
    long start = System.nanoTime();
    try {
      for (List<SinkRecord> batch : batches) {
        sink.put(batch);
        sink.flush();
      }
    } catch (SinkException e) {
      throw new BenchException("a sink does not write: " + e.getMessage(), e);
    }
    return Race.secondsSince(start);
  }

  /** Batches with that many samples together, from the n-th of the fleet on. */
  static List<List<SinkRecord>> batches(int from, int samples) {
    List<List<SinkRecord>> batches = new ArrayList<>();
    for (int n = from; n < from + samples; n += BATCH) {
      batches.add(SyntheticStats.batch(n, Math.min(BATCH, from + samples - n)));
    }
    return batches;
  }
}
