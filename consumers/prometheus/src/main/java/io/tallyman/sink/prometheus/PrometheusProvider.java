package io.tallyman.sink.prometheus;

import io.tallyman.schemas.Topics;
import io.tallyman.sink.Reading;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import java.time.Clock;
import java.util.List;

/** Offers the sink {@code prometheus}. */
public final class PrometheusProvider implements SinkProvider {

  static final String HOST = "host";
  static final String PORT = "port";
  static final String MAX_SERIES = "max-series";
  static final String HOSTS = "hosts";

  @Override
  public String name() {
    return "prometheus";
  }

  @Override
  public String description() {
    return "Shows the newest sample of each container to Prometheus, under cAdvisor's names";
  }

  @Override
  public List<SinkOption> options() {
    return List.of(
        SinkOption.of(PORT, "9300", "Where /metrics is served; 0 for a free port."),
        SinkOption.of(
            HOST, "127.0.0.1", "The address it listens at; 0.0.0.0 for all of this machine."),
        SinkOption.of(
            MAX_SERIES,
            "100000",
            "The most series that are shown; containers that came first stay."),
        SinkOption.of(
            HOSTS,
            "*",
            "The hosts whose containers are shown: names or ids with commas between them, * for any"
                + " characters."));
  }

  @Override
  public List<String> topics() {
    return List.of(Topics.STATS.name(), Topics.CONTAINERS.name(), Topics.HOSTS.name());
  }

  @Override
  public Reading reading() {
    return Reading.TAIL;
  }

  @Override
  public void check(SinkOptions options) {
    PrometheusSink.check(options);
  }

  @Override
  public RecordSink create() {
    return new PrometheusSink(Clock.systemUTC());
  }
}
