package io.tallyman.sink;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of sink that are there, by name. */
public final class SinkProviders {

  private final NavigableMap<String, SinkProvider> byName;

  private SinkProviders(NavigableMap<String, SinkProvider> byName) {
    this.byName = byName;
  }

  /**
   * What a class loader offers; a loader over further jars offers theirs too.
   *
   * @throws IllegalStateException when a name is empty, malformed or there twice
   */
  public static SinkProviders of(ClassLoader loader) {
    return of(ServiceLoader.load(SinkProvider.class, loader));
  }

  /**
   * The given ones.
   *
   * @throws IllegalStateException when a name is empty, malformed or there twice
   */
  public static SinkProviders of(Iterable<? extends SinkProvider> providers) {
    var byName = new TreeMap<String, SinkProvider>();
    for (var provider : providers) {
      var type = provider.getClass().getName();
      if (!SinkNames.valid(provider.name())) {
        throw new IllegalStateException(
            "the sink %s has no usable name: '%s'".formatted(type, provider.name()));
      }
      var other = byName.putIfAbsent(provider.name(), provider);
      if (other != null) {
        throw new IllegalStateException(
            "two sinks are named '%s': %s and %s"
                .formatted(provider.name(), other.getClass().getName(), type));
      }
    }
    return new SinkProviders(Collections.unmodifiableNavigableMap(byName));
  }

  /**
   * The kind of that name.
   *
   * @throws IllegalArgumentException when there is none of that name; the message lists those that
   *     there are
   */
  public SinkProvider named(String name) {
    var provider = byName.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "no sink is named '%s'; there are: %s"
              .formatted(name, String.join(", ", byName.keySet())));
    }
    return provider;
  }

  /** All, sorted by name. */
  public Collection<SinkProvider> all() {
    return byName.values();
  }
}
