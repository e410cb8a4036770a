package io.tallyman.query.view;

import io.tallyman.v1.ContainerState;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which containers, in which order. Absent filters let everything pass.
 *
 * @param host id or name
 * @param states empty for all
 * @param name glob
 * @param image glob
 * @param labels key to value; an empty value asks only that the label is there
 * @param cursor as given by the page before
 */
public record ContainerQuery(
    @Nullable String host,
    Set<String> states,
    @Nullable String name,
    @Nullable String image,
    Map<String, String> labels,
    @Nullable String project,
    ContainerSort sort,
    boolean descending,
    int limit,
    @Nullable String cursor) {

  boolean matches(ContainerState container) {
    return (host == null
            || host.equals(container.getHostId())
            || host.equals(container.getHostName()))
        && (states.isEmpty() || states.contains(container.getState()))
        && matches(name, container.getContainerName())
        && matches(image, container.getImage())
        && (project == null || project.equals(container.getProject()))
        && labels.entrySet().stream().allMatch(label -> matches(label, container.getLabels()));
  }

  private static boolean matches(@Nullable String glob, @Nullable String text) {
    return glob == null || (text != null && new Glob(glob).matches(text));
  }

  private static boolean matches(Map.Entry<String, String> wanted, Map<String, String> labels) {
    String value = labels.get(wanted.getKey());
    return value != null && (wanted.getValue().isEmpty() || wanted.getValue().equals(value));
  }
}
