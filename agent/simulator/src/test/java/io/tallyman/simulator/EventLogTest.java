package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLogTest {

  private static final Duration NO_WAIT = Duration.ZERO;

  @Test
  void remembersTheNewest256OfAllTypes() {
    EventLog log = asInTheEngine();
    for (int i = 1; i <= 300; i++) {
      log.publish(event(i, i % 2 == 0 ? "container" : "network"));
    }

    List<EngineEvent> ring = log.remembered(1L, null, event -> true);
    assertThat(ring).hasSize(256);
    assertThat(ring.getFirst().timeNanos()).isEqualTo(45);
    assertThat(ring.getLast().timeNanos()).isEqualTo(300);
  }

  @Test
  void filtersDoNotMakeTheRingLonger() {
    EventLog log = asInTheEngine();
    log.publish(event(1, "container"));
    for (int i = 2; i <= 257; i++) {
      log.publish(event(i, "exec"));
    }

    assertThat(log.remembered(1L, null, event -> event.type().equals("container"))).isEmpty();
  }

  @Test
  void bothBoundsAreInclusive() {
    EventLog log = asInTheEngine();
    for (int i = 1; i <= 5; i++) {
      log.publish(event(i, "container"));
    }

    assertThat(times(log.remembered(2L, 4L, event -> true))).containsExactly(2L, 3L, 4L);
    assertThat(times(log.remembered(null, 2L, event -> true))).containsExactly(1L, 2L);
    assertThat(log.remembered(null, null, event -> true)).isEmpty();
  }

  @Test
  void theWalkBackStopsAtTheFirstOlderEvent() {
    EventLog log = asInTheEngine();
    log.publish(event(10, "container"));
    log.publish(event(5, "container"));
    log.publish(event(11, "container"));

    assertThat(times(log.remembered(6L, null, event -> true))).containsExactly(11L);
  }

  @Test
  void aListenerGetsThePastThenTheLive() throws InterruptedException {
    EventLog log = asInTheEngine();
    log.publish(event(1, "container"));
    try (EventLog.Listener listener = log.listen(1L, null, event -> true)) {
      log.publish(event(2, "container"));

      assertThat(listener.next(NO_WAIT)).isEqualTo(event(1, "container"));
      assertThat(listener.next(NO_WAIT)).isEqualTo(event(2, "container"));
      assertThat(listener.next(NO_WAIT)).isNull();
    }
    assertThat(log.listenerCount()).isZero();
  }

  @Test
  void aListenerThatDoesNotKeepUpLosesEventsAndOthersDoNot() throws InterruptedException {
    EventLog log = new EventLog(2, Duration.ofMillis(1));
    try (EventLog.Listener slow = log.listen(null, null, event -> true);
        EventLog.Listener choosy = log.listen(null, null, event -> event.timeNanos() >= 4)) {
      for (int i = 1; i <= 5; i++) {
        log.publish(event(i, "container"));
      }

      assertThat(log.dropped()).isEqualTo(3);
      assertThat(drain(slow)).containsExactly(1L, 2L);
      assertThat(drain(choosy)).containsExactly(4L, 5L);
      assertThat(log.remembered(1L, null, event -> true)).hasSize(5);
    }
  }

  @Test
  void observersSeeWhatNoListenerGets() throws InterruptedException {
    EventLog log = asInTheEngine();
    List<EngineEvent> observed = new ArrayList<>();
    log.observe(observed::add);
    try (EventLog.Listener listener = log.listen(null, null, event -> true)) {
      log.dropNext(2);
      for (int i = 1; i <= 4; i++) {
        log.publish(event(i, "container"));
      }

      assertThat(drain(listener)).containsExactly(3L, 4L);
      assertThat(times(observed)).containsExactly(1L, 2L, 3L, 4L);
      assertThat(log.remembered(1L, null, event -> true)).hasSize(4);
      assertThat(log.dropped()).isEqualTo(2);
    }
  }

  private static EventLog asInTheEngine() {
    return new EventLog(EventLog.LISTENER_SLOTS, EventLog.LISTENER_PATIENCE);
  }

  private static List<Long> drain(EventLog.Listener listener) throws InterruptedException {
    List<EngineEvent> events = new ArrayList<>();
    for (EngineEvent event = listener.next(NO_WAIT);
        event != null;
        event = listener.next(NO_WAIT)) {
      events.add(event);
    }
    return times(events);
  }

  private static List<Long> times(List<EngineEvent> events) {
    return events.stream().map(EngineEvent::timeNanos).toList();
  }

  private static EngineEvent event(long nanos, String type) {
    return new EngineEvent(nanos, type, "start", "id", Map.of());
  }
}
