package io.tallyman.query.view;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Opaque text that says where the next page begins. */
final class Cursor {

  static final String PARAMETER = "cursor";
  private static final int MAX_LENGTH = 2048;

  private Cursor() {}

  static String encode(String position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(position.getBytes(StandardCharsets.UTF_8));
  }

  /** Fails with {@link BadParameterException} on what {@link #encode} cannot have made. */
  static String decode(String cursor) {
    if (cursor.length() > MAX_LENGTH) {
      throw invalid();
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
  }

  static BadParameterException invalid() {
    return new BadParameterException(
        PARAMETER, "is no nextCursor of a list with these filters and this sort");
  }
}
