package io.tallyman.cli.settings;

import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Renders the catalogue of configuration keys as the table of the README. */
final class ConfigReference {

  static final String BEGIN = "<!-- configuration keys: begin -->";
  static final String END = "<!-- configuration keys: end -->";

  private ConfigReference() {}

  /** The table in Markdown, markers included, no newline at its end. */
  static String render() {
    StringJoiner lines = new StringJoiner("\n");
    lines.add(BEGIN);
    lines.add("| key | default | flag | used by | what it is |");
    lines.add("|---|---|---|---|---|");
    Catalogue.builtIn().keys().forEach(key -> lines.add(row(key)));
    lines.add(END);
    return lines.toString();
  }

  /** The document with the text between the markers replaced; null when it has no markers. */
  static @Nullable String replaceIn(String document) {
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    return begin < 0 || end < begin
        ? null
        : document.substring(0, begin) + render() + document.substring(end + END.length());
  }

  private static String row(ConfigKey<?> key) {
    String name = key.equals(ConfigKeys.KAFKA_PROPERTIES) ? key.name() + ".*" : key.name();
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            name,
            defaultValue(key),
            key.flag() == null ? "" : "`" + key.flag() + "`",
            key.parts().stream().sorted().map(Part::command).collect(Collectors.joining(", ")),
            key.doc() + " " + type(key));
  }

  private static String defaultValue(ConfigKey<?> key) {
    if (key.defaultNote() != null) {
      return key.defaultNote();
    }
    return key.defaultText() == null ? "–" : "`" + key.defaultText() + "`";
  }

  private static String type(ConfigKey<?> key) {
    String allowed = key.type().allowed();
    return "(" + allowed.replace("|", "\\|") + (key.secret() ? "; secret" : "") + ")";
  }
}
