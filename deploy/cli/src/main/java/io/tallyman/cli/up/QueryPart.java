package io.tallyman.cli.up;

import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.query.QueryAccess;
import io.tallyman.query.QueryApplication;
import io.tallyman.query.QueryConfig;
import io.tallyman.query.RunningQuery;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.nio.file.Path;
import java.util.List;

/** Starts the query service from the settings. */
public final class QueryPart {

  /** Instances of one name share the work; there is no key for another name yet. */
  private static final String NAME = "main";

  private QueryPart() {}

  /**
   * Looks whether it can be started as the settings want it, before anything else is.
   *
   * @throws RuntimeException when not; the message says what to do
   */
  static void check(Settings settings) {
    access(settings).check(settings.get(ConfigKeys.QUERY_HOST));
    retention(settings);
  }

  /**
   * Starts it.
   *
   * @param directory where state is kept, unless the settings name another place
   * @param simulated whether the engine is
   * @throws RuntimeException when it cannot be started; the message says what to do
   */
  public static RunningQuery start(
      Settings settings,
      KafkaAccess kafka,
      TopicSettings topics,
      Path directory,
      boolean simulated) {
    Path named = settings.find(ConfigKeys.QUERY_STATE_DIR);
    return QueryApplication.start(
        new QueryConfig(
            kafka.bootstrapServers(),
            kafka.properties(),
            topics,
            NAME,
            settings.get(ConfigKeys.QUERY_HOST),
            settings.get(ConfigKeys.QUERY_PORT),
            named == null ? directory : simulated ? named.resolve("simulated") : named,
            retention(settings),
            settings.find(ConfigKeys.QUERY_ADVERTISED_HOST),
            simulated),
        access(settings));
  }

  private static Retention retention(Settings settings) {
    try {
      return new Retention(
          settings.get(ConfigKeys.QUERY_RETENTION_RAW),
          settings.get(ConfigKeys.QUERY_RETENTION_ROLLUP),
          settings.get(ConfigKeys.QUERY_RETENTION_EVENTS));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("tallyman.query." + e.getMessage());
    }
  }

  /** What it asks of its readers. */
  static QueryAccess access(Settings settings) {
    List<String> tokens = settings.find(ConfigKeys.QUERY_TOKENS);
    Path certificate = settings.find(ConfigKeys.QUERY_TLS_CERT);
    Path key = settings.find(ConfigKeys.QUERY_TLS_KEY);
    if ((certificate == null) != (key == null)) {
      throw new SettingsException(
          "%s and %s belong together: set both or neither"
              .formatted(ConfigKeys.QUERY_TLS_CERT.name(), ConfigKeys.QUERY_TLS_KEY.name()));
    }
    return new QueryAccess(
        tokens == null ? List.of() : tokens,
        certificate == null || key == null ? null : new QueryAccess.Tls(certificate, key));
  }
}
