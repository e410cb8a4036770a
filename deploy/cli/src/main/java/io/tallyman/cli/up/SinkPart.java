package io.tallyman.cli.up;

import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.cli.settings.SinkKeys;
import io.tallyman.schemas.TopicSettings;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.SinkProvider;
import io.tallyman.sink.WorkerState;
import io.tallyman.sink.app.RunningSink;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts sinks from the settings. */
public final class SinkPart {

  private static final String HTTP_HOST = "127.0.0.1";
  private static final int WORKERS = 1;

  private SinkPart() {}

  /**
   * The kind of that name.
   *
   * @throws SettingsException when there is none, or it lacks an option, or one is wrong
   */
  static SinkProvider kind(Settings settings, String name) {
    SinkProvider kind;
    try {
      kind = settings.sinks().named(name);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--sink: " + e.getMessage());
    }
    Map<String, String> options = SinkKeys.options(settings, kind, Part.UP);
    try {
      kind.check(SinkOptions.of(kind.options(), options));
    } catch (IllegalArgumentException e) {
      throw wrongOption(kind.name(), e.getMessage());
    }
    return kind;
  }

  /**
   * Starts a sink.
   *
   * @param name of the instance
   * @throws SettingsException when the name or an option is not allowed
   */
  public static RunningSink start(
      Settings settings,
      KafkaAccess kafka,
      TopicSettings topics,
      SinkProvider provider,
      String name,
      int port) {
    try {
      SinkConfig config =
          new SinkConfig(
              name,
              kafka.bootstrapServers(),
              kafka.properties(),
              topics,
              List.of(),
              WORKERS,
              HTTP_HOST,
              port,
              SinkKeys.options(settings, provider, Part.SINK));
      return SinkApplication.start(config, provider);
    } catch (IllegalArgumentException e) {
      throw wrongOption(provider.name(), e.getMessage());
    }
  }

  /**
   * Tells when a sink is over, on a thread of its own.
   *
   * @param onEnd told the reason when it came to its own end, such as that nobody reads its output
   * @param onFailure told why when it failed; a {@link SettingsException} when an option is wrong
   */
  public static void watch(
      RunningSink sink, Consumer<String> onEnd, Consumer<RuntimeException> onFailure) {
    Thread.ofVirtual()
        .name("sink-watch-" + sink.name())
        .start(() -> {
          try {
            Optional<WorkerState.Failed> failed = sink.awaitStop();
            if (failed.isPresent()) {
              onFailure.accept(failure(sink.name(), failed.get()));
            } else {
              onEnd.accept(reason(sink));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static RuntimeException failure(String name, WorkerState.Failed failed) {
    return failed.wrongOption()
        ? wrongOption(name, failed.message())
        : new UpException("the sink " + name + " stopped: " + failed.message());
  }

  private static SettingsException wrongOption(String sinkName, @Nullable String message) {
    return new SettingsException("sink " + sinkName + ": " + message);
  }

  private static String reason(RunningSink sink) {
    return sink.states().stream()
        .filter(WorkerState.Stopped.class::isInstance)
        .map(state -> ((WorkerState.Stopped) state).reason())
        .findFirst()
        .orElse("it came to its end");
  }
}
