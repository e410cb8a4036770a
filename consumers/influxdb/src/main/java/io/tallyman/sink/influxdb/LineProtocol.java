package io.tallyman.sink.influxdb;

/**
 * Writes points as lines; pure. What the protocol has no escape for is replaced: line breaks in
 * names and tags by spaces, a backslash at the end of one by a slash.
 */
final class LineProtocol {

  private LineProtocol() {}

  /** The line, with its line break. */
  static String line(Point point) {
    var line = new StringBuilder(256);
    name(line, point.measurement(), false);
    point
        .tags()
        .forEach((name, value) -> {
          line.append(',');
          name(line, name, true);
          line.append('=');
          name(line, value, true);
        });
    char separator = ' ';
    for (var field : point.fields().entrySet()) {
      line.append(separator);
      name(line, field.getKey(), true);
      line.append('=');
      value(line, field.getValue());
      separator = ',';
    }
    return line.append(' ').append(point.timeNanos()).append('\n').toString();
  }

  private static void name(StringBuilder line, String name, boolean equalsSign) {
    int last = name.length() - 1;
    for (int i = 0; i <= last; i++) {
      char c = name.charAt(i);
      switch (c) {
        case ',', ' ' -> line.append('\\').append(c);
        case '=' -> line.append(equalsSign ? "\\=" : "=");
        case '\n', '\r', '\t' -> line.append("\\ ");
        case '\\' -> line.append(i == last ? '/' : c);
        default -> line.append(c);
      }
    }
  }

  private static void value(StringBuilder line, Object value) {
    switch (value) {
      case Long number -> line.append(number.longValue()).append('i');
      case Integer number -> line.append(number.intValue()).append('i');
      case Double number -> line.append(number.doubleValue());
      case Boolean flag -> line.append(flag.booleanValue());
      case String text -> text(line, text);
      default -> throw new IllegalArgumentException("no field can hold a " + value.getClass());
    }
  }

  private static void text(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\');
      }
      line.append(c);
    }
    line.append('"');
  }
}
