package io.tallyman.agent.events;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the threads that talk to the engine and the pipeline's thread. When it
 * is full, whoever puts waits; the pipeline never waits for anything but the queue itself.
 */
final class Mailbox {

  /** Beyond the engine's own 1 024 slots a listener: at 150 events a second, a minute's worth. */
  static final int CAPACITY = 10_000;

  private final BlockingQueue<Message> messages = new ArrayBlockingQueue<>(CAPACITY);

  void put(Message message) throws InterruptedException {
    messages.put(message);
  }

  @Nullable Message poll(long waitMillis) throws InterruptedException {
    return messages.poll(waitMillis, TimeUnit.MILLISECONDS);
  }

  @Nullable Message poll() {
    return messages.poll();
  }

  int size() {
    return messages.size();
  }
}
