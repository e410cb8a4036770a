package io.tallyman.cli.up;

import io.tallyman.agent.app.AgentApplication;
import io.tallyman.agent.app.AgentConfig;
import io.tallyman.agent.app.RunningAgent;
import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.inventory.Glob;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.inventory.Selection.Globs;
import io.tallyman.agent.publish.KafkaSettings;
import io.tallyman.cli.kafka.KafkaAccess;
import io.tallyman.cli.settings.ConfigKey;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.schemas.TopicSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts the agent from the settings. */
public final class AgentPart {

  private AgentPart() {}

  /**
   * Starts it on the engine that the settings name.
   *
   * @param directory the agent's own
   * @throws RuntimeException when it cannot be started; the message says what to do
   */
  public static RunningAgent start(
      Settings settings, KafkaAccess kafka, TopicSettings topics, Path directory, int port) {
    EngineEndpoint endpoint = EngineChoice.endpoint(settings);
    String hostId = settings.find(ConfigKeys.HOST_ID);
    return start(settings, kafka, topics, directory, port, endpoint, hostId);
  }

  static RunningAgent start(
      Settings settings,
      KafkaAccess kafka,
      TopicSettings topics,
      Path directory,
      int port,
      EngineEndpoint endpoint,
      @Nullable String hostId) {
    Map<String, String> tags = settings.find(ConfigKeys.HOST_TAGS);
    return AgentApplication.start(
        new AgentConfig(
            endpoint,
            hostId,
            settings.find(ConfigKeys.HOST_NAME),
            tags == null ? Map.of() : tags,
            new AgentConfig.Stats(
                settings.get(ConfigKeys.STATS_INTERVAL),
                settings.get(ConfigKeys.STATS_SOURCE),
                settings.get(ConfigKeys.STATS_DETAIL)),
            selection(settings),
            labels(settings),
            new KafkaSettings(kafka.bootstrapServers(), kafka.properties(), topics),
            new AgentConfig.Spool(
                settings.get(ConfigKeys.SPOOL_EVENTS_MAX_BYTES),
                settings.get(ConfigKeys.SPOOL_STATS_MAX_BYTES)),
            new AgentConfig.Http(
                settings.get(ConfigKeys.AGENT_HOST), port, settings.find(ConfigKeys.AGENT_TOKEN)),
            directory));
  }

  private static Selection selection(Settings settings) {
    return new Selection(
        new Globs(
            globs(settings, ConfigKeys.INCLUDE_NAMES),
            globs(settings, ConfigKeys.INCLUDE_IMAGES),
            globs(settings, ConfigKeys.INCLUDE_LABELS)),
        new Globs(
            globs(settings, ConfigKeys.EXCLUDE_NAMES),
            globs(settings, ConfigKeys.EXCLUDE_IMAGES),
            globs(settings, ConfigKeys.EXCLUDE_LABELS)));
  }

  private static LabelPolicy labels(Settings settings) {
    return new LabelPolicy(
        globs(settings, ConfigKeys.LABELS_ALLOW),
        settings.get(ConfigKeys.LABELS_TRUSTED),
        settings.get(ConfigKeys.LABELS_MAX_VALUE_BYTES),
        settings.get(ConfigKeys.LABELS_REDACT));
  }

  private static List<Glob> globs(Settings settings, ConfigKey<List<String>> key) {
    List<String> texts = settings.find(key);
    return texts == null ? List.of() : texts.stream().map(Glob::new).toList();
  }
}
