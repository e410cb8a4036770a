package com.example.tallyman;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import java.util.List;

/** Offers the sink {@code file}; named in META-INF/services, which is how it is found. */
public final class FileProvider implements SinkProvider {

  static final String PATH = "path";

  @Override
  public String name() {
    return "file";
  }

  @Override
  public String description() {
    return "Appends every event to a file, a line of JSON each";
  }

  @Override
  public List<SinkOption> options() {
    return List.of(
        SinkOption.of(PATH, null, "File to append to; made when it is not there").asMandatory());
  }

  @Override
  public List<String> topics() {
    return List.of("docker.events.v1", "docker.alerts.v1");
  }

  @Override
  public RecordSink create() {
    return new FileSink();
  }
}
