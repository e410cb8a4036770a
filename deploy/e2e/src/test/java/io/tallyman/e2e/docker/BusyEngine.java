package io.tallyman.e2e.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import io.tallyman.e2e.faults.Happened;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A loop of short lives on the real engine, and a record of what the engine told of them to one who
 * listened all the time.
 */
final class BusyEngine implements AutoCloseable {

  private static final Set<String> LIFECYCLE =
      Set.of("create", "start", "die", "kill", "stop", "destroy");
  private static final long LISTENING_SECONDS = 30;
  private static final long END_MILLIS = 60_000;

  private final String hostId;
  private final Containers containers = new Containers();
  private final List<Happened> happened = new ArrayList<>();
  private final ResultCallback.Adapter<Event> listener = new Listener();
  private final Thread loop = Thread.ofPlatform().name("short-lives").unstarted(this::lives);
  private volatile boolean calm;

  BusyEngine(String hostId) throws Exception {
    this.hostId = hostId;
  }

  private final class Listener extends ResultCallback.Adapter<Event> {
    @Override
    public void onNext(Event event) {
      var actor = event.getActor();
      if (actor != null && LIFECYCLE.contains(String.valueOf(event.getAction()))) {
        note(
            Happened.of(
                hostId,
                event.getTimeNano() == null ? 0 : event.getTimeNano(),
                event.getAction(),
                actor.getId(),
                null));
      }
    }
  }

  /** What an agent has to choose containers by, as a setting. */
  String selection() {
    return "tallyman.select.include.labels=" + Containers.LABEL + "=" + containers.run();
  }

  /** Begins to listen, then to live. */
  void begin() throws InterruptedException {
    containers
        .engine()
        .eventsCmd()
        .withLabelFilter(Map.of(Containers.LABEL, containers.run()))
        .exec(listener);
    if (!listener.awaitStarted(LISTENING_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the engine does not answer");
    }
    loop.start();
  }

  /** Returns when no more happens. */
  void calm() throws InterruptedException {
    calm = true;
    loop.join(END_MILLIS);
  }

  List<Happened> happened() {
    synchronized (happened) {
      return List.copyOf(happened);
    }
  }

  private void note(Happened event) {
    synchronized (happened) {
      happened.add(event);
    }
  }

  private void lives() {
    for (var i = 0; !calm; i++) {
      var id = containers.startSleeper("short-" + i);
      if (i % 2 == 0) {
        containers.engine().killContainerCmd(id).exec();
      }
      containers.remove(id);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      calm();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.close();
    containers.close();
  }
}
