package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.JumpingClock;
import io.tallyman.simulator.Call;
import io.tallyman.simulator.ContainerSpec;
import io.tallyman.simulator.Endpoint;
import io.tallyman.simulator.Faults;
import io.tallyman.simulator.SimulatedEngine;
import io.tallyman.simulator.SimulatorConfig;
import io.tallyman.v1.Action;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.GapReason;
import io.tallyman.v1.Origin;
import io.tallyman.v1.Stream;
import io.tallyman.v1.StreamGap;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What goes wrong between an engine and a watch, and what must come of it, over a real socket. */
enum WatchScenarios {
  A_SHORT_STOP_LOSES_NOTHING {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      rig.untilEvent(id, Action.START);
      rig.untilKept();
      rig.crash();
      rig.simulator().kill(id, 9, 137);
      rig.start();

      ContainerEvent die = rig.untilEvent(id, Action.DIE);
      assertThat(die.getExitCode()).isEqualTo(137);
      assertThat(die.getOrigin()).isEqualTo(Origin.RING);
      rig.untilQuiet();
      assertThat(rig.toldIds()).containsExactlyInAnyOrderElementsOf(rig.issued());
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
    }
  },
  A_STOP_LONGER_THAN_THE_RING_REACHES_IS_A_GAP {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      String other = rig.run("other");
      String gone = rig.run("gone");
      rig.untilEvent(gone, Action.START);
      rig.until(() -> rig.lastState(gone) != null && rig.lastState(id) != null);
      rig.stop();
      Instant stopped = Instant.now();
      rig.simulator().kill(id, 9, 9);
      rig.simulator().remove(gone, true);
      rig.simulator().execs(other, 100);
      rig.start();

      StreamGap gap = rig.untilGap(Stream.EVENTS, GapReason.AGENT_DOWN);
      assertThat(gap.getFrom()).isBetween(stopped.minusSeconds(3), stopped);
      assertThat(gap.getTo()).isBetween(stopped, Instant.now());
      assertThat(gap.getLost()).isNull();
      ContainerEvent die = rig.untilEvent(id, Action.DIE);
      assertThat(die.getOrigin()).isEqualTo(Origin.RECONCILED);
      assertThat(die.getExitCode()).isEqualTo(9);
      assertThat(rig.untilEvent(gone, Action.DESTROY).getContainerName()).isEqualTo("gone");
      rig.until(() -> rig.lastState(gone) == null);
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).hasSize(1);
    }
  },
  AN_END_BEFORE_ANYTHING_WAS_KEPT_IS_A_GAP {
    @Override
    void play(WatchRig rig) {
      Pace quick = rig.pace;
      rig.pace = new Pace(quick.audit(), quick.round(), quick.soon(), Duration.ofHours(1));
      rig.start();
      rig.crash();
      rig.start();

      StreamGap gap = rig.untilGap(Stream.EVENTS, GapReason.AGENT_DOWN);
      assertThat(gap.getFrom()).isNull();
      assertThat(gap.getTo()).isBeforeOrEqualTo(Instant.now());
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).hasSize(1);
    }
  },
  A_RING_THAT_OVERFLOWED_MEANWHILE_IS_A_GAP {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      String other = rig.run("other");
      rig.untilEvent(other, Action.START);
      rig.disconnect();
      Instant cut = Instant.now();
      rig.simulator().kill(id, 9, 9);
      rig.simulator().execs(other, 334);
      rig.reconnect();

      StreamGap gap = rig.untilGap(Stream.EVENTS, GapReason.RING_OVERFLOW);
      assertThat(gap.getFrom()).isBeforeOrEqualTo(cut);
      assertThat(gap.getTo()).isAfterOrEqualTo(cut);
      ContainerEvent die = rig.untilEvent(id, Action.DIE);
      assertThat(die.getOrigin()).isEqualTo(Origin.RECONCILED);
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).hasSize(1);
    }
  },
  AN_ENGINE_RESTART_IS_A_GAP_AND_ITS_DEATHS_ARE_TOLD {
    @Override
    void play(WatchRig rig) {
      rig.start();
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        ids.add(rig.run("c" + i));
      }
      rig.untilEvent(ids.getLast(), Action.START);
      SimulatedEngine engine = rig.simulator();
      engine.goDown();
      for (int i = 0; i < 5; i++) {
        engine.kill(ids.get(i), 9, i + 1);
      }
      engine.comeBack(true);

      for (int i = 0; i < 5; i++) {
        ContainerEvent die = rig.untilEvent(ids.get(i), Action.DIE);
        assertThat(die.getOrigin()).isEqualTo(Origin.RECONCILED);
        assertThat(die.getExitCode()).isEqualTo(i + 1);
      }
      rig.untilGap(Stream.EVENTS, GapReason.ENGINE_RESTART);
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).hasSize(1);
      assertThat(rig.events().stream().filter(e -> e.getAction() == Action.DIE)).hasSize(5);
    }
  },
  AN_ENGINE_THAT_PROVES_NOTHING_WAS_UNREACHABLE {
    @Override
    void play(WatchRig rig) {
      rig.start();
      rig.simulator().goDown();
      rig.untilReconnects(2);
      rig.simulator().comeBack(true);

      StreamGap gap = rig.untilGap(Stream.EVENTS, GapReason.ENGINE_UNREACHABLE);
      assertThat(gap.getTo()).isAfter(gap.getFrom());
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).hasSize(1);
    }
  },
  READINGS_ARE_MISSED_WHILE_THE_ENGINE_IS_AWAY {
    @Override
    void play(WatchRig rig) {
      rig.sweepInterval = Duration.ofMillis(100);
      String id = rig.start().run("c");
      rig.until(() -> rig.lastState(id) != null);
      rig.disconnect();
      rig.untilReconnects(2);
      rig.reconnect();

      rig.untilGap(Stream.STATS, GapReason.ENGINE_UNREACHABLE);
      rig.untilQuiet();
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
    }
  },
  WHAT_THE_ENGINE_DROPPED_IS_TOLD_LATE {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      rig.untilEvent(id, Action.START);
      rig.simulator().faults().dropForListeners(20);
      for (int i = 0; i < 20; i++) {
        rig.simulator().signal(id, 1);
      }

      rig.until(() -> rig.events(id, Action.KILL).size() >= 20);
      assertThat(rig.events(id, Action.KILL)).allMatch(e -> e.getOrigin() == Origin.RING);
      rig.untilQuiet();
      assertThat(rig.toldIds()).containsExactlyInAnyOrderElementsOf(rig.issued());
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
    }
  },
  WHAT_THE_ENGINE_DROPPED_AND_FORGOT_IS_A_GAP {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      rig.untilEvent(id, Action.START);
      rig.untilQuiet();
      rig.simulator().faults().dropForListeners(400);
      for (int i = 0; i < 400; i++) {
        rig.simulator().signal(id, 1);
      }

      StreamGap gap = rig.untilGap(Stream.EVENTS, GapReason.LISTENER_OVERFLOW);
      assertThat(gap.getTo()).isAfter(gap.getFrom());
      assertThat(new HashSet<>(rig.toldIds())).hasSizeGreaterThanOrEqualTo(256);
      assertThat(rig.issued()).containsAll(rig.toldIds());
    }
  },
  WHAT_COMES_AGAIN_IS_TOLD_ONCE {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      rig.untilEvent(id, Action.START);
      for (int i = 0; i < 4; i++) {
        rig.simulator().signal(id, 1);
        rig.disconnect();
        rig.reconnect();
      }
      rig.untilKept();
      rig.crash();
      rig.start();
      rig.untilQuiet();

      rig.until(() -> rig.events(id, Action.KILL).size() >= 4);
      assertThat(rig.toldIds()).doesNotHaveDuplicates().hasSameElementsAs(rig.issued());
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
    }
  },
  WHAT_THE_LANE_REFUSED_IS_TOLD_ONCE_THERE_IS_ROOM {
    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      String other = rig.run("other");
      rig.untilEvent(other, Action.START);
      rig.until(() -> rig.lastState(other) != null);
      rig.lane.full = true;
      rig.simulator().kill(id, 9, 9);
      rig.simulator().execs(other, 100);
      String late = rig.run("late");
      rig.until(() -> rig.watch().figures().refused() >= 4);
      assertThat(rig.events(id, Action.DIE)).isEmpty();
      rig.lane.full = false;
      rig.watch().roomAgain();

      assertThat(rig.untilEvent(id, Action.DIE).getExitCode()).isEqualTo(9);
      assertThat(rig.untilEvent(late, Action.START).getOrigin()).isEqualTo(Origin.RING);
      rig.until(() -> rig.lastState(late) != null);
      rig.until(() -> {
        ContainerState state = rig.lastState(id);
        return state != null && state.getState().equals("exited");
      });
    }
  },
  A_STREAM_THAT_IS_CUT_ALL_THE_TIME_LOSES_NOTHING {
    @Override
    void play(WatchRig rig) {
      rig.simulator().faults().forbid(Call.INSPECT);
      rig.simulator().faults().cutStreamsAfter(Duration.ofMillis(250));
      rig.start();
      for (int i = 0; i < 10; i++) {
        String id = rig.run("c" + i);
        rig.simulator().kill(id, 9, 3);
        rig.until(() -> rig.lastState(id) != null);
        rig.untilEvent(id, Action.DIE);
        int wanted = Math.min(i, 4);
        rig.until(() -> rig.watch().figures().reconnects() >= wanted);
      }
      rig.simulator().faults().clear();
      rig.untilQuiet();

      assertThat(rig.watch().figures().reconnects()).isGreaterThan(2);
      assertThat(rig.toldIds()).containsExactlyInAnyOrderElementsOf(rig.issued());
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
    }
  },
  PIECES_AND_NOISE_COST_NO_EVENT {
    @Override
    void play(WatchRig rig) {
      try {
        Faults faults = rig.start().simulator().faults();
        distort(rig, call -> faults.split(call, 5, SEED), Call.EVENTS, Call.LIST, Call.INSPECT);
        rig.untilEvent(killed(rig, "in-pieces"), Action.DIE);
        distort(rig, call -> faults.garble(call, SEED), Call.LIST, Call.INSPECT);
        rig.untilEvent(killed(rig, "unlisted"), Action.DIE);
        List<Consumer<Call>> breaking =
            List.of(
                call -> faults.garble(call, SEED),
                call -> faults.litter(call, SEED),
                call -> faults.cutInside(call, 1, SEED));
        for (Consumer<Call> fault : breaking) {
          distort(rig, fault, Call.EVENTS);
          String id = killed(rig, "unheard");
          rig.untilReconnects(2);
          faults.clear();
          rig.untilEvent(id, Action.DIE);
          rig.simulator().remove(id, true);
          rig.untilEvent(id, Action.DESTROY);
        }
        rig.untilQuiet();

        assertThat(rig.toldIds()).containsExactlyInAnyOrderElementsOf(rig.issued());
        // On a busy machine the engine may make no sense for so long that it counts as away.
        assertThat(rig.gaps(Stream.EVENTS))
            .extracting(StreamGap::getReason)
            .allMatch(GapReason.ENGINE_UNREACHABLE::equals);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + SEED, e);
      }
    }

    private static void distort(WatchRig rig, Consumer<Call> fault, Call... calls) {
      rig.simulator().faults().clear();
      List.of(calls).forEach(fault);
      rig.simulator().cutStreams();
    }

    private static String killed(WatchRig rig, String name) {
      String id =
          rig.simulator().run(ContainerSpec.named(name).label("note", "größe ".repeat(20)).build());
      rig.simulator().kill(id, 9, 9);
      return id;
    }
  },
  A_SLOW_PIPELINE_HIDES_NOTHING {
    @Override
    SimulatorConfig engine(Path directory, Clock clock) {
      return SimulatorConfig.at(socket(directory)).listener(1_024, Duration.ofMillis(1)).build();
    }

    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      rig.untilEvent(id, Action.START);
      rig.untilQuiet();
      rig.lane.hesitant = true;
      Instant begun = Instant.now();
      for (int i = 0; i < 60_000 && rig.simulator().droppedEvents() < 500; i++) {
        rig.simulator().signal(id, 1);
      }
      assertThat(rig.simulator().droppedEvents()).as("the mailbox has an end").isPositive();
      rig.lane.decideAll();

      StreamGap gap = rig.untilGap(Stream.EVENTS, GapReason.LISTENER_OVERFLOW);
      assertThat(gap.getFrom()).isAfterOrEqualTo(begun.minusSeconds(1));
      rig.untilQuiet();
      rig.until(() -> rig.watch().waiting() == 0);
      assertThat(rig.toldIds()).doesNotHaveDuplicates();
      assertThat(new HashSet<>(rig.issued())).containsAll(rig.toldIds());
      assertThat((long) rig.toldIds().size())
          .isGreaterThanOrEqualTo(rig.issued().size() - rig.simulator().droppedEvents());
    }
  },
  A_CLOCK_THAT_JUMPS_LOSES_NOTHING {
    @Override
    SimulatorConfig engine(Path directory, Clock clock) {
      return SimulatorConfig.at(socket(directory)).manualClock(clock).build();
    }

    @Override
    void play(WatchRig rig) {
      String id = rig.start().run("c");
      rig.untilEvent(id, Action.START);
      for (Duration jump : List.of(Duration.ofMinutes(-10), Duration.ofHours(2))) {
        int before = rig.events(id, Action.KILL).size();
        rig.disconnect();
        rig.simulator().signal(id, 1);
        rig.clock.jump(jump);
        rig.simulator().signal(id, 2);
        rig.reconnect();
        rig.simulator().signal(id, 3);
        rig.until(() -> rig.events(id, Action.KILL).size() >= before + 3);
        rig.untilQuiet();
        rig.disconnect();
        rig.simulator().signal(id, 4);
        rig.reconnect();
        rig.until(() -> rig.events(id, Action.KILL).size() >= before + 4);
        rig.crash();
        rig.simulator().signal(id, 5);
        rig.start();
        rig.until(() -> rig.events(id, Action.KILL).size() >= before + 5);
        rig.untilQuiet();
      }

      assertThat(new HashSet<>(rig.toldIds())).hasSameElementsAs(rig.issued());
      assertThat(rig.gaps(Stream.EVENTS)).isEmpty();
    }
  },
  A_CONTAINER_THAT_LIVES_200_MS_LEAVES_ITS_TRACE {
    @Override
    void play(WatchRig rig) {
      rig.start();
      String id =
          rig.simulator()
              .run(ContainerSpec.named("brief").command("sleep", "0.2").autoRemove(true).build());
      rig.untilEvent(id, Action.DESTROY);

      assertThat(rig.events().stream().map(ContainerEvent::getAction))
          .containsExactly(Action.CREATE, Action.START, Action.DIE, Action.DESTROY);
      assertThat(rig.readNow).contains(id);
    }
  };

  private static final long SEED = Long.getLong("tallyman.test.seed", System.nanoTime());

  abstract void play(WatchRig rig);

  SimulatorConfig engine(Path directory, Clock clock) {
    return SimulatorConfig.at(socket(directory)).build();
  }

  static Endpoint socket(Path directory) {
    return new Endpoint.UnixSocket(directory.resolve("engine"));
  }

  /** Plays without some mechanisms. */
  void play(Path directory, Set<Mechanism> off, Duration patience) {
    JumpingClock clock = new JumpingClock();
    try (WatchRig rig = WatchRig.simulated(directory, off, engine(directory, clock), clock)) {
      rig.patience = patience;
      play(rig);
    }
  }
}
