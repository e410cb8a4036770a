package io.tallyman.query.view;

/** Matches whole texts against a pattern in which * is any text and ? any character. */
record Glob(String pattern) {

  /** Takes time proportional to the product of the lengths at worst, whatever the pattern. */
  boolean matches(String text) {
    int at = 0;
    int next = 0;
    int star = -1;
    int resume = 0;
    while (at < text.length()) {
      if (next < pattern.length() && pattern.charAt(next) == '*') {
        star = next++;
        resume = at;
      } else if (next < pattern.length() && matches(pattern.charAt(next), text.charAt(at))) {
        next++;
        at++;
      } else if (star >= 0) {
        next = star + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (next < pattern.length() && pattern.charAt(next) == '*') {
      next++;
    }
    return next == pattern.length();
  }

  private static boolean matches(char pattern, char text) {
    return pattern == '?' || pattern == text;
  }
}
