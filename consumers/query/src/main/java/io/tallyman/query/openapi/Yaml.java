package io.tallyman.query.openapi;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.Map;

/** Writes trees of maps, lists and scalars as YAML, with texts quoted as in JSON. */
final class Yaml {

  private final StringBuilder out = new StringBuilder();

  /** Adds the entries of a map, so many spaces to the right. */
  Yaml map(Map<?, ?> map, int indent) {
    map.forEach((key, value) -> {
      out.append(" ".repeat(indent)).append(quoted(key)).append(':');
      value(value, indent + 2);
    });
    return this;
  }

  /** Adds text as it is. */
  Yaml raw(String text) {
    out.append(text);
    return this;
  }

  private void value(Object value, int indent) {
    switch (value) {
      case Map<?, ?> map when map.isEmpty() -> out.append(" {}\n");
      case Map<?, ?> map -> {
        out.append('\n');
        map(map, indent);
      }
      case List<?> list when list.isEmpty() -> out.append(" []\n");
      case List<?> list -> {
        out.append('\n');
        for (Object item : list) {
          out.append(" ".repeat(indent)).append('-');
          value(item, indent + 2);
        }
      }
      case Number number -> out.append(' ').append(number).append('\n');
      case Boolean truth -> out.append(' ').append(truth).append('\n');
      default -> out.append(' ').append(quoted(value)).append('\n');
    }
  }

  private static String quoted(Object text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text.toString())) + '"';
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
