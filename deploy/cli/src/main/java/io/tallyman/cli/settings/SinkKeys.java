package io.tallyman.cli.settings;

import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The configuration keys of the options of sinks. */
public final class SinkKeys {

  private SinkKeys() {}

  /** The keys of a kind's options: {@code tallyman.KIND.OPTION}, flag {@code --OPTION}. */
  public static List<ConfigKey<String>> of(SinkProvider provider) {
    List<ConfigKey<String>> keys = new ArrayList<>();
    for (SinkOption option : provider.options()) {
      ConfigKey<String> key =
          ConfigKey.of(name(provider, option), ValueType.TEXT, sentence(option), Part.SINK, Part.UP)
              .ofSink("--" + option.name());
      String defaultValue = option.defaultValue();
      if (defaultValue != null) {
        key = key.orElse(defaultValue);
      } else if (!option.mandatory()) {
        key = key.defaultNote("none");
      }
      keys.add(option.secret() ? key.asSecret() : key);
    }
    return keys;
  }

  /**
   * The options that were given, by their own names.
   *
   * @param asking the command; only that of the sink has the flags that a message may name
   * @throws SettingsException when one that is mandatory was not
   */
  public static Map<String, String> options(Settings settings, SinkProvider provider, Part asking) {
    Map<String, String> options = new HashMap<>();
    List<ConfigKey<String>> keys = of(provider);
    for (int i = 0; i < keys.size(); i++) {
      SinkOption option = provider.options().get(i);
      ConfigKey<String> key = asking == Part.SINK ? keys.get(i) : keys.get(i).withoutFlag();
      if (option.mandatory() || settings.isGiven(key)) {
        options.put(option.name(), settings.get(key));
      }
    }
    return options;
  }

  private static String name(SinkProvider provider, SinkOption option) {
    return "tallyman." + provider.name() + "." + option.name();
  }

  private static String sentence(SinkOption option) {
    String text = option.description();
    return text.endsWith(".") ? text : text + ".";
  }
}
