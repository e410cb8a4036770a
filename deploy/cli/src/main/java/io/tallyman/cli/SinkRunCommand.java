package io.tallyman.cli;

import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKey;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SinkKeys;
import io.tallyman.cli.up.SinkPart;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.app.RunningSink;
import java.util.Objects;
import picocli.CommandLine.Command;

/** Runs a sink of one kind. */
@Command
final class SinkRunCommand extends PartCommand {

  private final SinkProvider provider;

  SinkRunCommand(SinkProvider provider) {
    this.provider = provider;
  }

  @Override
  Part part() {
    return Part.SINK;
  }

  /** Where a sink's option and a key of all sinks share a flag, it is the option's. */
  @Override
  boolean hasFlag(ConfigKey<?> key) {
    var own = SinkKeys.of(provider);
    return own.stream().anyMatch(option -> option.name().equals(key.name()))
        || (super.hasFlag(key)
            && own.stream().noneMatch(option -> Objects.equals(option.flag(), key.flag())));
  }

  @Override
  AutoCloseable start(Settings settings, StopSignal stop) {
    KafkaAccess kafka = KafkaAccess.of(settings);
    int port = settings.get(ConfigKeys.SINK_PORT);
    String name = settings.find(ConfigKeys.SINK_NAME);
    RunningSink sink =
        SinkPart.start(
            settings,
            kafka,
            KafkaAccess.topics(settings),
            provider,
            name == null ? provider.name() : name,
            port);
    SinkPart.watch(sink, reason -> stop.request(), stop::fail);
    return sink;
  }
}
