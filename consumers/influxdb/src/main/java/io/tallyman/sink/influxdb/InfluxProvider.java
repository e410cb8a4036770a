package io.tallyman.sink.influxdb;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import java.util.List;

/** Offers the sink {@code influxdb}. */
public final class InfluxProvider implements SinkProvider {

  @Override
  public String name() {
    return "influxdb";
  }

  @Override
  public String description() {
    return "Writes to InfluxDB 1, 2 or 3, or to what speaks its line protocol";
  }

  @Override
  public List<SinkOption> options() {
    return InfluxOptions.DECLARED;
  }

  @Override
  public List<String> topics() {
    return Topics.records().stream().map(Topic::name).toList();
  }

  @Override
  public void check(SinkOptions options) {
    var _ = InfluxOptions.of(options);
  }

  @Override
  public RecordSink create() {
    return new InfluxSink();
  }
}
