package io.tallyman.agent.spool;

import java.io.IOException;

/** What is about to go wrong on a {@link ModelFileSystem}. */
final class ModelFaults {

  private int calls;
  private int powerFailsAt = -1;
  private int ioFailsAt = -1;
  private int noSpaceAt = -1;
  private boolean full;
  private boolean nextForceFails;
  private boolean dead;
  private long capacity = Long.MAX_VALUE;

  /** Not an exception: nothing in the product may catch it. */
  static final class PowerLoss extends Error {
    private static final long serialVersionUID = 1L;

    PowerLoss() {
      super("the power is gone", null, false, false);
    }
  }

  /** Calls made so far. */
  int calls() {
    return calls;
  }

  void powerFailsIn(int more) {
    powerFailsAt = calls + more;
  }

  void ioFailsIn(int more) {
    ioFailsAt = calls + more;
  }

  void noSpaceIn(int more) {
    noSpaceAt = calls + more;
  }

  void nextForceFails() {
    nextForceFails = true;
  }

  void full(boolean now) {
    full = now;
  }

  void capacity(long bytes) {
    capacity = bytes;
  }

  void clear() {
    full = false;
    nextForceFails = false;
    powerFailsAt = -1;
    ioFailsAt = -1;
    noSpaceAt = -1;
  }

  long capacity() {
    return capacity;
  }

  /** Whether this fsync is to fail; asked once. */
  boolean forceFails() {
    boolean fails = nextForceFails;
    nextForceFails = false;
    return fails;
  }

  boolean powerJustFailed() {
    return calls == powerFailsAt;
  }

  /** The machine or the process is up again. */
  void restart() {
    clear();
    dead = false;
  }

  void call(boolean needsRoom) throws IOException {
    calls++;
    if (dead || calls == powerFailsAt) {
      dead = true;
      throw new PowerLoss();
    }
    if (calls == ioFailsAt) {
      throw new IOException("Input/output error");
    }
    if (needsRoom && (full || calls == noSpaceAt)) {
      throw new NoSpaceException("full", new IOException("No space left on device"));
    }
  }
}
