package io.tallyman.agent.inventory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a container's labels is published and obeyed. A pure function of the labels.
 *
 * @param allow globs over label keys; what none matches is never published
 * @param trusted false: labels {@code tallyman.*} are not obeyed
 * @param maxValueBytes longest value, UTF-8 bytes; longer ones are cut at a character
 * @param redact where a pattern is found in a key, the whole value is hidden; where it is found in
 *     a value, that part is
 */
public record LabelPolicy(
    List<Glob> allow, boolean trusted, int maxValueBytes, List<Pattern> redact) {

  static final String REDACTED = "[redacted]";

  private static final Set<String> EVENT_ATTRIBUTES =
      Set.of("exitCode", "signal", "execDuration", "execID", "oldName");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  public LabelPolicy {
    allow = List.copyOf(allow);
    redact = List.copyOf(redact);
  }

  /** Works out what all labels of a container tell. */
  LabelFacts facts(
      Map<String, String> labels, boolean complete, Selection selection, Set<Mechanism> off) {
    Map<String, String> allowed = new HashMap<>();
    Set<String> shadowing = new HashSet<>();
    labels.forEach((key, value) -> {
      if (off.contains(Mechanism.ALLOW_LIST)
          || allow.stream().anyMatch(glob -> glob.matches(key))) {
        allowed.put(key, published(key, value, off));
      }
      if (EVENT_ATTRIBUTES.contains(key)) {
        shadowing.add(key);
      }
    });
    return new LabelFacts(
        allowed,
        first(labels, off, "com.docker.compose.project", "com.docker.stack.namespace"),
        first(labels, off, "com.docker.compose.service", "com.docker.swarm.service.name"),
        shadowing,
        complete,
        trusted ? interval(labels.get("tallyman.interval")) : null,
        trusted && "true".equalsIgnoreCase(labels.get("tallyman.ignore")),
        selection.choosesLabels(labels),
        trusted ? AlertThresholds.of(labels) : AlertThresholds.NONE);
  }

  private @Nullable String first(Map<String, String> labels, Set<Mechanism> off, String... keys) {
    for (String key : keys) {
      String value = labels.get(key);
      if (value != null && !value.isEmpty()) {
        return published(key, value, off);
      }
    }
    return null;
  }

  private String published(String key, String value, Set<Mechanism> off) {
    String result = value;
    for (Pattern pattern : off.contains(Mechanism.REDACTION) ? List.<Pattern>of() : redact) {
      if (pattern.matcher(key).find()) {
        return REDACTED;
      }
      result = pattern.matcher(result).replaceAll(Matcher.quoteReplacement(REDACTED));
    }
    return off.contains(Mechanism.VALUE_CAP) ? result : capped(result);
  }

  private String capped(String value) {
    if (value.length() <= maxValueBytes / 3) {
      return value;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maxValueBytes) {
      return value;
    }
    int end = maxValueBytes;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  static @Nullable Duration interval(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    try {
      Duration duration =
          matcher.group(2).equals("ms")
              ? Duration.ofMillis(Long.parseLong(matcher.group(1)))
              : Duration.parse("PT" + matcher.group(1) + matcher.group(2));
      return duration.isPositive() ? duration : null;
    } catch (DateTimeParseException | ArithmeticException e) {
      return null;
    }
  }
}
