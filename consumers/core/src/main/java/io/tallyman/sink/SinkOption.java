package io.tallyman.sink;

import org.jspecify.annotations.Nullable;

/**
 * An option that a sink understands.
 *
 * @param name lower case, words joined by dashes
 * @param defaultValue null when there is none
 * @param description one line for {@code --help}
 * @param secret never shown
 * @param mandatory must be given; without it the sink is not even started
 */
public record SinkOption(
    String name,
    @Nullable String defaultValue,
    String description,
    boolean secret,
    boolean mandatory) {

  /** An option that may be shown. */
  public static SinkOption of(String name, @Nullable String defaultValue, String description) {
    return new SinkOption(name, defaultValue, description, false, false);
  }

  /** An option that is never shown and has no default. */
  public static SinkOption secret(String name, String description) {
    return new SinkOption(name, null, description, true, false);
  }

  /** The same, but it must be given. */
  public SinkOption asMandatory() {
    return new SinkOption(name, defaultValue, description, secret, true);
  }
}
