package io.tallyman.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The engine's memory of events and its live listeners.
 *
 * <p>It remembers the newest 256 of all types. A listener that does not keep up holds the publisher
 * for 100 ms an event; then that listener loses the event without a word. Safe from any thread;
 * events of one publisher arrive in order.
 */
final class EventLog {

  static final int RING_EVENTS = 256;
  static final int LISTENER_SLOTS = 1024;
  static final Duration LISTENER_PATIENCE = Duration.ofMillis(100);

  private final int listenerSlots;
  private final Duration listenerPatience;
  private final ArrayDeque<EngineEvent> ring = new ArrayDeque<>(RING_EVENTS);
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<EngineEvent>> observers = new CopyOnWriteArrayList<>();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong dropNext = new AtomicLong();
  private volatile boolean down;

  EventLog(int listenerSlots, Duration listenerPatience) {
    this.listenerSlots = listenerSlots;
    this.listenerPatience = listenerPatience;
  }

  /** Tells of every event before any listener or the ring has it, on the publisher's thread. */
  void observe(Consumer<EngineEvent> observer) {
    observers.add(observer);
  }

  void publish(EngineEvent event) {
    if (down) {
      return;
    }
    observers.forEach(observer -> observer.accept(event));
    synchronized (ring) {
      if (ring.size() == RING_EVENTS) {
        ring.removeFirst();
      }
      ring.addLast(event);
    }
    for (Listener listener : listeners) {
      listener.deliver(event);
    }
  }

  /** Remembered events from {@code since} to {@code until}, both inclusive, oldest first. */
  List<EngineEvent> remembered(
      @Nullable Long sinceNanos, @Nullable Long untilNanos, Predicate<EngineEvent> filter) {
    if (sinceNanos == null && untilNanos == null) {
      return List.of();
    }
    List<EngineEvent> found = new ArrayList<>();
    synchronized (ring) {
      Iterator<EngineEvent> backwards = ring.descendingIterator();
      while (backwards.hasNext()) {
        EngineEvent event = backwards.next();
        if (sinceNanos != null && event.timeNanos() < sinceNanos) {
          break;
        }
        if ((untilNanos == null || event.timeNanos() <= untilNanos) && filter.test(event)) {
          found.add(event);
        }
      }
    }
    return found.reversed();
  }

  /** Starts to listen; the remembered events come first. */
  Listener listen(
      @Nullable Long sinceNanos, @Nullable Long untilNanos, Predicate<EngineEvent> filter) {
    synchronized (ring) {
      Listener listener = new Listener(filter, untilNanos == null);
      listener.past.addAll(remembered(sinceNanos, untilNanos, filter));
      listeners.add(listener);
      return listener;
    }
  }

  /** From now on nothing is logged. */
  void goDown() {
    down = true;
  }

  /** Logs again, with nothing remembered. */
  void comeBack() {
    synchronized (ring) {
      ring.clear();
    }
    down = false;
  }

  boolean isDown() {
    return down;
  }

  /**
   * That many of the next deliveries to listeners without an end fail as if those did not keep up.
   */
  void dropNext(long count) {
    dropNext.set(count);
  }

  int listenerCount() {
    return listeners.size();
  }

  /** Events that slow listeners lost, all listeners together. */
  long dropped() {
    return dropped.get();
  }

  /** One live listener; read by one thread. */
  final class Listener implements AutoCloseable {

    private final ArrayDeque<EngineEvent> past = new ArrayDeque<>();
    private final BlockingQueue<EngineEvent> live = new ArrayBlockingQueue<>(listenerSlots);
    private final Predicate<EngineEvent> filter;
    private final boolean endless;

    private Listener(Predicate<EngineEvent> filter, boolean endless) {
      this.filter = filter;
      this.endless = endless;
    }

    /** Waits for the next event; null when none came in time. */
    @Nullable EngineEvent next(Duration wait) throws InterruptedException {
      EngineEvent first = past.pollFirst();
      return first != null ? first : live.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      listeners.remove(this);
    }

    private void deliver(EngineEvent event) {
      if (!filter.test(event)) {
        return;
      }
      if (endless && dropNext.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        dropped.incrementAndGet();
        return;
      }
      try {
        if (!live.offer(event, listenerPatience.toNanos(), TimeUnit.NANOSECONDS)) {
          dropped.incrementAndGet();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        dropped.incrementAndGet();
      }
    }
  }
}
