package io.tallyman.agent.inventory;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which containers are collected. A container is included when, of each list of includes that is
 * not empty, one glob matches; it is left out when any exclude matches. A glob over labels is
 * {@code key} or {@code key=value}.
 */
public record Selection(Globs include, Globs exclude) {

  /** Collects everything. */
  public static final Selection ALL = new Selection(Globs.NONE, Globs.NONE);

  /** Lists of globs; an empty one says nothing. */
  public record Globs(List<Glob> names, List<Glob> images, List<Glob> labels) {

    public static final Globs NONE = new Globs(List.of(), List.of(), List.of());

    public Globs {
      names = List.copyOf(names);
      images = List.copyOf(images);
      labels = List.copyOf(labels);
    }
  }

  boolean choosesLabels(Map<String, String> labels) {
    return (include.labels().isEmpty() || anyMatches(include.labels(), labels))
        && !anyMatches(exclude.labels(), labels);
  }

  boolean choosesNameAndImage(@Nullable String name, @Nullable String image) {
    return (include.names().isEmpty() || anyMatches(include.names(), name))
        && (include.images().isEmpty() || anyMatches(include.images(), image))
        && !anyMatches(exclude.names(), name)
        && !anyMatches(exclude.images(), image);
  }

  private static boolean anyMatches(List<Glob> globs, @Nullable String text) {
    return text != null && globs.stream().anyMatch(glob -> glob.matches(text));
  }

  private static boolean anyMatches(List<Glob> globs, Map<String, String> labels) {
    return globs.stream()
        .anyMatch(glob ->
            labels.entrySet().stream()
                .anyMatch(label ->
                    glob.matches(label.getKey())
                        || glob.matches(label.getKey() + "=" + label.getValue())));
  }
}
