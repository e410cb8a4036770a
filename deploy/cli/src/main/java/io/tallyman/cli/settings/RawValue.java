package io.tallyman.cli.settings;

import java.util.List;
import java.util.Map;

/** A value as somebody wrote it, before its key's type has read it. */
sealed interface RawValue {

  /** A scalar; lists are written {@code a,b} and maps {@code k=v,k=v}. */
  record Text(String text) implements RawValue {}

  /** A list of the YAML file. */
  record Items(List<String> items) implements RawValue {}

  /** A mapping of the YAML file. */
  record Entries(Map<String, String> entries) implements RawValue {}

  /** How the value is quoted in an error. */
  default String written() {
    return switch (this) {
      case Text(String text) -> text;
      case Items(List<String> items) -> items.toString();
      case Entries(Map<String, String> entries) -> entries.toString();
    };
  }
}
