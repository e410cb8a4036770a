package io.tallyman.cli.settings;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration key.
 *
 * @param name such as {@code tallyman.stats.interval}
 * @param defaultText the default as one would write it; null when there is none, or when {@code
 *     defaultNote} tells where it comes from
 * @param defaultNote what stands in the table instead of the default
 * @param doc one line, with the unit
 * @param flag the flag that sets it, such as {@code --interval}; null for none
 * @param flagParts the commands that have the flag; a sink's option has it on the sink's command
 * @param parts the commands that read the key
 * @param secret never shown
 */
public record ConfigKey<T>(
    String name,
    ValueType<T> type,
    @Nullable String defaultText,
    @Nullable String defaultNote,
    String doc,
    @Nullable String flag,
    Set<Part> flagParts,
    Set<Part> parts,
    boolean secret) {

  static <T> ConfigKey<T> of(String name, ValueType<T> type, String doc, Part first, Part... more) {
    Set<Part> parts = EnumSet.of(first, more);
    return new ConfigKey<>(name, type, null, null, doc, null, Set.of(), parts, false);
  }

  ConfigKey<T> orElse(String text) {
    return new ConfigKey<>(name, type, text, defaultNote, doc, flag, flagParts, parts, secret);
  }

  ConfigKey<T> defaultNote(String note) {
    return new ConfigKey<>(name, type, defaultText, note, doc, flag, flagParts, parts, secret);
  }

  ConfigKey<T> flag(String newFlag) {
    return new ConfigKey<>(
        name, type, defaultText, defaultNote, doc, newFlag, parts, parts, secret);
  }

  ConfigKey<T> flag(String newFlag, Part first, Part... more) {
    Set<Part> only = EnumSet.of(first, more);
    return new ConfigKey<>(name, type, defaultText, defaultNote, doc, newFlag, only, parts, secret);
  }

  /** With a flag that only the command of the sink has. */
  ConfigKey<T> ofSink(String newFlag) {
    return new ConfigKey<>(
        name, type, defaultText, defaultNote, doc, newFlag, Set.of(), parts, secret);
  }

  ConfigKey<T> withoutFlag() {
    return new ConfigKey<>(
        name, type, defaultText, defaultNote, doc, null, Set.of(), parts, secret);
  }

  ConfigKey<T> asSecret() {
    return new ConfigKey<>(name, type, defaultText, defaultNote, doc, flag, flagParts, parts, true);
  }

  /** The environment variable that sets it. */
  public String variable() {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
