package io.tallyman.schemas;

import io.tallyman.v1.GapReason;
import io.tallyman.v1.Resource;
import io.tallyman.v1.Stream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The identities that are the same whenever a thing is told again: the first 128 bits, in
 * hexadecimal, of SHA-256 over its parts, as UTF-8 joined by newlines with null as empty.
 */
public final class EventIds {

  private static final int ID_BYTES = 16;

  private EventIds() {}

  /** {@code ContainerEvent.eventId}. */
  public static String eventId(
      String hostId,
      long timeNanos,
      String rawAction,
      String containerId,
      @Nullable String oldName) {
    return hash(hostId, Long.toString(timeNanos), rawAction, containerId, oldName);
  }

  /** {@code StreamGap.gapId}; times count to the microsecond. */
  public static String gapId(
      String hostId, Stream stream, GapReason reason, @Nullable Instant from, Instant to) {
    return hash(
        hostId, stream.name(), reason.name(), from == null ? null : micros(from), micros(to));
  }

  /** {@code ContainerAlert.alertId}; times count to the microsecond. */
  public static String alertId(
      String hostId, String containerId, Resource resource, Instant since) {
    return hash(hostId, containerId, resource.name(), micros(since));
  }

  /** Microseconds since 1970, cut, as the records carry times. */
  static String micros(Instant time) {
    return Long.toString(
        Math.addExact(
            Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000L));
  }

  private static String hash(@Nullable String... parts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        text.append('\n');
      }
      if (parts[i] != null) {
        text.append(parts[i]);
      }
    }
    byte[] digest = sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, ID_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
