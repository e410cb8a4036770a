package io.tallyman.sink;

import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a worker is doing; health is derived from it. */
public sealed interface WorkerState {

  /** Not open yet, and nothing has gone wrong. */
  record Starting() implements WorkerState {}

  /**
   * Reads and writes.
   *
   * @param held why a partition is held back, by partition; empty when all is well
   */
  record Running(NavigableMap<String, String> held) implements WorkerState {
    public Running {
      held = new TreeMap<>(held);
    }
  }

  /**
   * The store, the dead letters or Kafka are away; nothing is lost, and it will try again.
   *
   * @param attempts that failed since it went away
   */
  record Waiting(String reason, Instant since, int attempts) implements WorkerState {}

  /** Over, as asked. */
  record Stopped(String reason) implements WorkerState {}

  /**
   * Over, by an error; only a new start helps.
   *
   * @param wrongOption whether it needs another option, too: the sink could not be opened with
   *     those that it has
   */
  record Failed(String message, boolean wrongOption, @Nullable Throwable cause)
      implements WorkerState {}
}
