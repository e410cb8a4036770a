package io.tallyman.sink.influxdb;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkMetrics;
import io.tallyman.sink.SinkRecord;
import java.time.Clock;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as points.
 *
 * <p>A point is identified by measurement, tags and the record's own time, so writing a record
 * again changes nothing. A batch is in the store when {@code put} returns. When the store refuses a
 * line its record is rejected as a whole; other lines of that record may be in the store.
 */
final class InfluxSink implements RecordSink {

  private static final InstantSource CLOCK = Clock.systemUTC();

  static final String TOO_OLD = "older than the store's retention";

  private @Nullable InfluxHttp store;
  private @Nullable RecordMapper mapper;
  private SinkMetrics metrics = SinkMetrics.NOOP;

  @Override
  public void open(SinkContext context) throws SinkException {
    close();
    var options = InfluxOptions.of(context.options());
    metrics = context.metrics();
    mapper = new RecordMapper(options.layout(), options.fields());
    store = new InfluxHttp(options);
    store.open();
  }

  @Override
  public void put(List<SinkRecord> batch) throws SinkException {
    var writer = new BatchWriter(Objects.requireNonNull(store, "not open"), CLOCK);
    Map<SinkRecord, String> rejected = new LinkedHashMap<>();
    for (var record : batch) {
      for (var point : points(record, rejected)) {
        writer.add(new Line(record, point.timeNanos(), LineProtocol.line(point)));
      }
    }
    writer.flush();
    rejected.putAll(writer.rejected());
    if (!rejected.isEmpty()) {
      throw new SinkException.Rejected(rejected);
    }
    if (!writer.tooOld().isEmpty()) {
      metrics.ignored(TOO_OLD, writer.tooOld().size());
    }
  }

  private List<Point> points(SinkRecord record, Map<SinkRecord, String> rejected) {
    try {
      return Objects.requireNonNull(mapper, "not open").map(record);
    } catch (IllegalArgumentException e) {
      rejected.put(record, String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  /** Nothing is left to do: the store answers a write when it is durable. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
