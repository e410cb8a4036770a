package io.tallyman.cli;

import io.tallyman.cli.settings.Catalogue;
import io.tallyman.cli.settings.ConfigKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/** Gives each command {@code --help} and the flags that the catalogue of keys has for it. */
final class KeyFlags {

  private KeyFlags() {}

  /** Adds them to all commands below, before anything is parsed. */
  static void addTo(CommandLine commandLine, Catalogue catalogue) {
    if (commandLine.getCommand() instanceof SettingsCommand command) {
      for (ConfigKey<?> key : catalogue.keys()) {
        if (command.hasFlag(key)) {
          add(commandLine.getCommandSpec(), key, command);
        }
      }
    }
    for (CommandLine subcommand : commandLine.getSubcommands().values()) {
      subcommand.getCommandSpec().addOption(help());
      addTo(subcommand, catalogue);
    }
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Show this help and exit.")
        .build();
  }

  private static void add(CommandSpec spec, ConfigKey<?> key, SettingsCommand command) {
    spec.addOption(
        OptionSpec.builder(String.valueOf(key.flag()))
            .paramLabel(key.type().label().toUpperCase(Locale.ROOT))
            .type(String.class)
            .description(description(key))
            .setter(new KeySetter(key, command))
            .build());
  }

  /** Percent signs would be format specifiers. */
  private static String[] description(ConfigKey<?> key) {
    List<String> lines = new ArrayList<>();
    lines.add(key.doc());
    String value = key.defaultNote() != null ? key.defaultNote() : key.defaultText();
    if (value != null) {
      lines.add("Default: " + value.replace("`", ""));
    }
    return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
  }

  /** Collects the text; picocli also sets null, for an option that is absent. */
  private record KeySetter(ConfigKey<?> key, SettingsCommand command) implements ISetter {
    @Override
    public <T> T set(T value) {
      if (value == null) {
        command.flags.remove(key);
      } else {
        command.flags.put(key, value.toString());
      }
      return value;
    }
  }
}
