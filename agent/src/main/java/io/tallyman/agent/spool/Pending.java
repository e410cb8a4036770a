package io.tallyman.agent.spool;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** A record that waits for the next group commit. */
final class Pending {

  private final byte[] body;
  private final CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();

  Pending(byte[] body) {
    this.body = body;
  }

  byte[] body() {
    return body;
  }

  Instant time() {
    return FrameCodec.time(ByteBuffer.wrap(body));
  }

  int frameBytes() {
    return FrameCodec.OVERHEAD_BYTES + body.length;
  }

  CompletableFuture<AppendOutcome> outcome() {
    return outcome;
  }
}
