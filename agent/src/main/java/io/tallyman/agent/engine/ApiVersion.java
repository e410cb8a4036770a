package io.tallyman.agent.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the engine's API, such as 1.41. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {

  /** The oldest that has {@code one-shot} (Docker 20.10). */
  static final ApiVersion OLDEST = new ApiVersion(1, 41);

  /** The newest that this facade was written for. */
  static final ApiVersion NEWEST = new ApiVersion(1, 52);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  static ApiVersion parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new EngineException.Unexpected("the engine offers API version '" + text + "'", null);
    }
    return new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /**
   * Picks the newest version that both sides speak.
   *
   * @param engineVersion for the message
   */
  static ApiVersion negotiate(ApiVersion oldestOffered, ApiVersion offered, String engineVersion) {
    if (offered.compareTo(OLDEST) < 0) {
      throw new EngineException.Unexpected(
          "engine too old: Docker "
              + engineVersion
              + " offers API "
              + offered
              + ", at least "
              + OLDEST
              + " (Docker 20.10) is needed",
          null);
    }
    if (oldestOffered.compareTo(NEWEST) > 0) {
      throw new EngineException.Unexpected(
          "engine too new: Docker "
              + engineVersion
              + " wants API "
              + oldestOffered
              + " or newer, at most "
              + NEWEST
              + " is known; update the agent",
          null);
    }
    return offered.compareTo(NEWEST) < 0 ? offered : NEWEST;
  }

  @Override
  public int compareTo(ApiVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
