package io.tallyman.query.view;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the containers of a group use together. Not safe for threads while it is added to. */
public final class Total {

  private final String value;
  private final Figures figures = new Figures();
  private final Set<String> hosts = new HashSet<>();
  private @Nullable String hostName;
  private int containers;
  private int stale;

  Total(String value) {
    this.value = value;
  }

  void add(Used used) {
    hosts.add(used.stats().getHostId());
    hostName = used.stats().getHostName();
    containers++;
    stale += used.stale() ? 1 : 0;
    String network = used.stats().getNetworkMode();
    if (network != null && network.startsWith("container:")) {
      used.figures().forget(Figure.NETWORK);
    }
    figures.add(used.figures());
  }

  /** What its containers have in common; null for those that have none. */
  public @Nullable String value() {
    return value.isEmpty() ? null : value;
  }

  public Figures figures() {
    return figures;
  }

  /** Number of hosts. */
  public int hosts() {
    return hosts.size();
  }

  /** Of one of its hosts. */
  public @Nullable String hostName() {
    return hostName;
  }

  public int containers() {
    return containers;
  }

  /** Containers whose figures are older than they should be. */
  public int stale() {
    return stale;
  }
}
