package io.tallyman.sink.stdout;

import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;

/** Offers the sink {@code stdout}. */
public final class StdoutProvider implements SinkProvider {

  static final String FORMAT = "format";

  @Override
  public String name() {
    return "stdout";
  }

  @Override
  public String description() {
    return "Prints every record, a line each";
  }

  @Override
  public List<SinkOption> options() {
    return List.of(
        SinkOption.of(
            FORMAT,
            "json",
            "json (topic, partition, offset, appendedAt, key, headers, value), text (for people),"
                + " or avro-json (as json, the value in Avro's own JSON encoding)"));
  }

  @Override
  public List<String> topics() {
    return Topics.records().stream().map(Topic::name).toList();
  }

  @Override
  public void check(SinkOptions options) {
    var _ = options.oneOf(FORMAT, Format.class);
  }

  /** Writes past {@code System.out}, which would not tell that its reader has gone. */
  @Override
  public RecordSink create() {
    System.out.flush();
    return new StdoutSink(new FileOutputStream(FileDescriptor.out));
  }
}
