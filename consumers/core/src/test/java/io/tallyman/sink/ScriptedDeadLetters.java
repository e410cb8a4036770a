package io.tallyman.sink;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Keeps dead letters, and is away when it was told to be. */
final class ScriptedDeadLetters implements DeadLetters {

  final List<DeadLetter> letters = new ArrayList<>();
  final Deque<SinkException.Unavailable> failures = new ArrayDeque<>();
  boolean closed;
  private final List<String> journal;

  ScriptedDeadLetters(List<String> journal) {
    this.journal = journal;
  }

  @Override
  public void send(List<DeadLetter> batch) throws SinkException.Unavailable {
    journal.add("dead-letter");
    var failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
    letters.addAll(batch);
  }

  @Override
  public void close() {
    closed = true;
  }
}
