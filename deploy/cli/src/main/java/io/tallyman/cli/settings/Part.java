package io.tallyman.cli.settings;

import java.util.Locale;

/** A command that reads settings. */
public enum Part {
  UP,
  AGENT,
  QUERY,
  SINK,
  TOPICS;

  /** The command's name. */
  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }
}
