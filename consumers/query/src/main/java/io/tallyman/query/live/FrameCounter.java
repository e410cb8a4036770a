package io.tallyman.query.live;

import java.util.concurrent.atomic.LongAdder;

/** Counts frames, so that it shows whether clients share them. Safe from any thread. */
final class FrameCounter {

  private final LongAdder encoded = new LongAdder();
  private final LongAdder sent = new LongAdder();

  /** A frame was encoded, and is for so many clients. */
  void count(int clients) {
    encoded.increment();
    sent.add(clients);
  }

  /** A frame that was counted before is for one client more. */
  void countShared() {
    sent.increment();
  }

  long encoded() {
    return encoded.sum();
  }

  long sent() {
    return sent.sum();
  }
}
