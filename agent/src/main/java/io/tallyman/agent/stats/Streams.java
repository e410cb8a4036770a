package io.tallyman.agent.stats;

import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.inventory.KnownContainer;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Keeps one open stream per container and takes the newest frame of each when it is asked for one.
 * Safe from any thread.
 */
final class Streams implements AutoCloseable {

  private final DockerEngine engine;
  private final ReadingLog readings;
  private final Sleeper sleeper;
  private final LongSupplier nanoTime;
  private final Map<String, StreamReader> readers = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Streams(DockerEngine engine, ReadingLog readings, Sleeper sleeper, LongSupplier nanoTime) {
    this.engine = engine;
    this.readings = readings;
    this.sleeper = sleeper;
    this.nanoTime = nanoTime;
  }

  /** Has a stream open for each of these containers, and for no other. */
  void keep(Collection<KnownContainer> containers) {
    Set<String> wanted =
        containers.stream().map(KnownContainer::id).collect(Collectors.toUnmodifiableSet());
    readers.forEach((id, reader) -> {
      if (!wanted.contains(id)) {
        end(id, reader);
      }
    });
    containers.forEach(this::reader);
  }

  /** Reports the newest frame that was not reported yet. */
  void sweep(KnownContainer container, Instant tick) {
    reader(container).sweep(container, tick);
  }

  /** Reports a frame between ticks: the newest if there is one, else the next. */
  void readNow(KnownContainer container) {
    reader(container).readNow(container);
  }

  /** Number of streams that are kept. */
  int size() {
    return readers.size();
  }

  @Override
  public void close() {
    closed = true;
    readers.forEach(this::end);
  }

  private StreamReader reader(KnownContainer container) {
    StreamReader reader =
        readers.computeIfAbsent(
            container.id(),
            id ->
                new StreamReader(
                        engine, readings, sleeper, nanoTime, container, ended -> forget(id, ended))
                    .started());
    if (closed) {
      end(container.id(), reader);
    }
    return reader;
  }

  private void end(String id, StreamReader reader) {
    forget(id, reader);
    reader.close();
  }

  /** Only the reader itself is taken out: another may have taken its place by now. */
  private void forget(String id, StreamReader reader) {
    readers.remove(id, reader);
  }
}
