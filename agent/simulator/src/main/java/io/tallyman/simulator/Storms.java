package io.tallyman.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets storms rage over the containers they have made. */
final class Storms {

  private static final long SECOND = 1_000_000_000L;
  private static final long PAUSE_NANOS = SECOND / 10;
  private static final int STOPPED = 143;

  private final Daemon daemon;
  private final AtomicInteger calms = new AtomicInteger();

  Storms(Daemon daemon) {
    this.daemon = daemon;
  }

  void begin(Storm storm) {
    Raging raging = new Raging(storm, calms.get());
    for (int i = 0; i < storm.containers(); i++) {
      raging.containers.add(raging.newContainer());
    }
    daemon.plan(daemon.nowNanos(), raging::step);
  }

  void end() {
    calms.incrementAndGet();
  }

  /** One storm. Steps run under the engine's lock, one after the other. */
  private final class Raging {
    private final Storm storm;
    private final int calmsAtStart;
    private final Random random;
    private final List<Storm.Kind> kinds;
    private final List<String> containers = new ArrayList<>();
    private long created;
    private long renames;

    Raging(Storm storm, int calmsAtStart) {
      this.storm = storm;
      this.calmsAtStart = calmsAtStart;
      this.random = new Random(storm.seed());
      this.kinds = storm.kinds().stream().sorted().toList();
    }

    private void step(long due) {
      if (calms.get() != calmsAtStart) {
        return;
      }
      long before = daemon.containerEvents();
      if (!daemon.events().isDown()) {
        act(random.nextInt(containers.size()), kinds.get(random.nextInt(kinds.size())));
      }
      long events = daemon.containerEvents() - before;
      long next = events == 0 ? PAUSE_NANOS : events * SECOND / storm.eventsPerSecond();
      daemon.plan(due + next, this::step);
    }

    private void act(int index, Storm.Kind kind) {
      String id = containers.get(index);
      boolean running = daemon.containers().find(id).isRunning();
      switch (kind) {
        case START_STOP -> toggle(id, running);
        case OOM -> {
          if (running) {
            daemon.oom(id, true);
          } else {
            daemon.start(id);
          }
        }
        case RENAME -> daemon.rename(id, storm.name() + "-renamed-" + ++renames);
        case HEALTH -> daemon.health(id, random.nextBoolean() ? "healthy" : "unhealthy");
        case EXEC -> daemon.execs(id, 1);
        case REPLACE -> {
          daemon.remove(id, true);
          containers.set(index, newContainer());
          daemon.start(containers.get(index));
        }
      }
    }

    private void toggle(String id, boolean running) {
      if (running) {
        daemon.stop(id, STOPPED);
      } else {
        daemon.start(id);
      }
    }

    private String newContainer() {
      return daemon.create(
          ContainerSpec.named(storm.name() + "-" + ++created)
              .image("registry.example/" + storm.name() + ":1")
              .command("serve")
              .build());
    }
  }
}
