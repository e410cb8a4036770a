package io.tallyman.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers from the simulated containers. */
final class LiveAnswers implements Answers {

  private final Daemon daemon;
  private final EngineProfile profile;
  private final Templates templates;
  private final StatsBody stats;

  LiveAnswers(Daemon daemon) {
    this.daemon = daemon;
    this.profile = daemon.config().profile();
    this.templates = new Templates(daemon.config());
    this.stats = new StatsBody(daemon.config());
  }

  @Override
  public byte[] version() {
    return templates.version();
  }

  @Override
  public byte[] info() {
    long now = daemon.nowNanos();
    List<ContainerView> views =
        daemon.containers().newestFirst().stream().map(container -> container.view(now)).toList();
    return templates.info(views, daemon.events().listenerCount(), now);
  }

  @Override
  public byte[] list(boolean all, int limit, Filters filters) {
    long now = daemon.nowNanos();
    Predicate<ContainerView> wanted = filters.forContainers(profile);
    boolean any = all || limit > 0 || filters.has("status");
    ArrayNode rows = templates.newList();
    for (Container container : daemon.containers().newestFirst()) {
      ContainerView view = container.view(now);
      if ((any || view.isRunning() || view.state().equals("restarting")) && wanted.test(view)) {
        rows.add(templates.listRow(view, now));
        if (limit > 0 && rows.size() == limit) {
          break;
        }
      }
    }
    return Templates.bytes(rows);
  }

  @Override
  public byte[] inspect(String reference) {
    ObjectNode body =
        templates.inspect(daemon.containers().find(reference).view(daemon.nowNanos()));
    return Templates.bytes(body);
  }

  @Override
  public boolean isRunning(String reference) {
    return daemon.containers().find(reference).isRunning();
  }

  @Override
  public String idOf(String reference) {
    return daemon.containers().find(reference).id();
  }

  @Override
  public byte[] oneShot(String reference) {
    Container container = daemon.containers().find(reference);
    long now = daemon.nowNanos();
    ContainerView view = container.view(now);
    return view.isRunning()
        ? reading(view, usage(view, now), null, profile.oneShotNamed())
        : stats.stopped(view);
  }

  @Override
  public StatsFeed stream(String reference) {
    return new LiveFeed(daemon.containers().find(reference));
  }

  @Override
  public StatsFeed twoReadings(String reference) {
    return new LiveFeed(daemon.containers().find(reference));
  }

  private byte[] reading(ContainerView view, Usage usage, @Nullable Usage previous, boolean named) {
    return stats.running(view, usage, previous, networkUsage(view, usage), named);
  }

  private Usage usage(ContainerView view, long now) {
    return Usage.of(view, now, daemon.hostCpuNanos(now));
  }

  /** Whose interfaces it sees: its own, another container's, or none. */
  private @Nullable Usage networkUsage(ContainerView view, Usage own) {
    String mode = view.spec().networkMode();
    if (view.hasNetwork()) {
      return own;
    }
    if (!mode.startsWith("container:")) {
      return null;
    }
    Container other = daemon.containers().find(mode.substring("container:".length()));
    ContainerView otherView = other.view(own.atNanos());
    return otherView.isRunning() && otherView.hasNetwork()
        ? Usage.of(otherView, own.atNanos(), own.hostCpuNanos())
        : null;
  }

  private final class LiveFeed implements StatsFeed {
    private final Container container;
    private @Nullable Usage previous;

    private LiveFeed(Container container) {
      this.container = container;
    }

    @Override
    public byte[] next() {
      if (!daemon.containers().isKnown(container)) {
        return new byte[0];
      }
      long now = daemon.nowNanos();
      ContainerView view = container.view(now);
      if (!view.isRunning()) {
        previous = null;
        return stats.stopped(view);
      }
      Usage usage = usage(view, now);
      byte[] body = reading(view, usage, previous, true);
      previous = usage;
      return body;
    }
  }
}
