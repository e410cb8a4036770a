package io.tallyman.sink.prometheus;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The hosts whose containers are shown. */
final class HostChoice {

  private final List<Pattern> patterns;

  private HostChoice(List<Pattern> patterns) {
    this.patterns = patterns;
  }

  /** Names or ids with commas between them, where {@code *} stands for any characters. */
  static HostChoice of(String text) {
    return new HostChoice(
        Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(glob -> !glob.isEmpty())
            .map(glob ->
                Pattern.compile(
                    Arrays.stream(glob.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*"))))
            .toList());
  }

  boolean has(String hostId, String hostName) {
    return patterns.stream()
        .anyMatch(
            pattern -> pattern.matcher(hostName).matches() || pattern.matcher(hostId).matches());
  }
}
