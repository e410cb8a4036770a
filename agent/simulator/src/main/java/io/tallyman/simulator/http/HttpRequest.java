package io.tallyman.simulator.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, read whole.
 *
 * @param path without the query, decoded
 * @param query the first value of each parameter, decoded
 * @param headers names in lower case
 * @param body read as UTF-8
 */
public record HttpRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    String body) {

  static HttpRequest of(String method, String target, Map<String, String> headers, byte[] body) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, String> query = new LinkedHashMap<>();
    if (mark >= 0) {
      for (String pair : target.substring(mark + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        query.putIfAbsent(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    return new HttpRequest(
        method, decode(path), query, headers, new String(body, StandardCharsets.UTF_8));
  }

  /** The parameter's value; null when absent or empty. */
  public @Nullable String parameter(String name) {
    String value = query.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** True unless the parameter is absent or says no, read as the Docker Engine reads it. */
  public boolean flag(String name) {
    String value = query.getOrDefault(name, "").trim().toLowerCase(Locale.ROOT);
    return switch (value) {
      case "", "0", "no", "false", "none" -> false;
      default -> true;
    };
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
