package io.tallyman.query.view;

import io.tallyman.v1.ContainerStats;
import org.jspecify.annotations.Nullable;

/**
 * What containers are put together by.
 *
 * @param label key of the label, where they are by one
 */
public record Grouping(By by, @Nullable String label) {

  private static final String LABEL_PREFIX = "label:";

  /** Kinds of grouping. */
  public enum By {
    NONE,
    HOST,
    PROJECT,
    IMAGE,
    LABEL
  }

  /** Of a parameter's value; null for none at all. */
  public static Grouping parse(@Nullable String text) {
    if (text == null) {
      return new Grouping(By.NONE, null);
    }
    if (text.startsWith(LABEL_PREFIX) && text.length() > LABEL_PREFIX.length()) {
      return new Grouping(By.LABEL, text.substring(LABEL_PREFIX.length()));
    }
    return switch (text) {
      case "none" -> new Grouping(By.NONE, null);
      case "host" -> new Grouping(By.HOST, null);
      case "project" -> new Grouping(By.PROJECT, null);
      case "image" -> new Grouping(By.IMAGE, null);
      default ->
          throw new BadParameterException("by", "is none, host, project, image or label:KEY");
    };
  }

  /** The group of a container; empty for those that have none. */
  String of(ContainerStats stats) {
    String value =
        switch (by) {
          case NONE -> "";
          case HOST -> stats.getHostId();
          case PROJECT -> stats.getProject();
          case IMAGE -> stats.getImage();
          case LABEL -> stats.getLabels().get(label == null ? "" : label);
        };
    return value == null ? "" : value;
  }

  @Override
  public String toString() {
    return by == By.LABEL ? LABEL_PREFIX + label : by.name().toLowerCase(java.util.Locale.ROOT);
  }
}
