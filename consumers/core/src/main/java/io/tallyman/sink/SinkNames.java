package io.tallyman.sink;

import java.util.regex.Pattern;

/** The names that Kafka sees, made from the prefix of the topics and the name of the instance. */
public final class SinkNames {

  /** Leaves room for prefix and topic in a dead-letter topic's 249 characters. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private SinkNames() {}

  /** Whether a sink or an instance of one may be called so. */
  public static boolean valid(String name) {
    return NAME.matcher(name).matches();
  }

  public static String groupId(String topicPrefix, String name) {
    return "tallyman." + topicPrefix + name;
  }
}
