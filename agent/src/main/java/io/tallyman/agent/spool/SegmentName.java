package io.tallyman.agent.spool;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a segment file, which holds frames and nothing else.
 *
 * @param first sequence of its first frame; frames from there on in an older segment are dead
 * @param ordinal tells which of two segments that begin alike is the newer
 * @param salt of its checksums
 */
record SegmentName(long first, long ordinal, int salt) {

  static final Comparator<SegmentName> ORDER =
      Comparator.comparingLong(SegmentName::first).thenComparingLong(SegmentName::ordinal);

  private static final Pattern PATTERN =
      Pattern.compile("(\\d{19})-(\\d{10})-([0-9a-f]{8})\\.frames");

  String fileName() {
    return String.format(
        Locale.ROOT, "%019d-%010d-%s.frames", first, ordinal, HexFormat.of().toHexDigits(salt));
  }

  /** Null when the file is something else. */
  static @Nullable SegmentName parse(String fileName) {
    Matcher matcher = PATTERN.matcher(fileName);
    if (!matcher.matches()) {
      return null;
    }
    return new SegmentName(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        HexFormat.fromHexDigits(matcher.group(3)));
  }
}
