package io.tallyman.agent.spool;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A record that a test handed over, and what it may expect of it. */
final class Issued {

  /** What was promised. */
  enum Promise {
    QUEUED,
    ACCEPTED,
    REFUSED,
    /** A crash came before the answer, or after a refusal: it may be there or not. */
    NONE,
    COMMITTED,
    SHED,
    /** Its bytes were damaged by the test. */
    DAMAGED
  }

  private final int id;
  private final SpoolRecord record;
  private Promise promise = Promise.QUEUED;
  private long sequence = -1;
  private CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();

  Issued(int id, int payloadBytes) {
    this.id = id;
    this.record = record(id, payloadBytes);
  }

  /** The record of an id; its payload begins with a frame's magic more often than not. */
  static SpoolRecord record(int id, int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    new Random(id).nextBytes(payload);
    for (int at = 0; at + 4 <= payloadBytes && id % 2 == 0; at += 97) {
      payload[at] = (byte) (FrameCodec.MAGIC >>> 24);
      payload[at + 1] = (byte) (FrameCodec.MAGIC >>> 16);
      payload[at + 2] = (byte) (FrameCodec.MAGIC >>> 8);
      payload[at + 3] = (byte) FrameCodec.MAGIC;
    }
    return new SpoolRecord(
        id % 3 == 0 ? "docker.gaps.v1" : "docker.events.v1",
        "schlüssel-" + id,
        0x4000_0000 + id,
        Instant.ofEpochSecond(1_700_000_000L + id, 1_000L * (id % 1000)),
        payload);
  }

  static int idOf(SpoolRecord record) {
    byte[] key = record.key().getBytes(StandardCharsets.UTF_8);
    String text = new String(key, StandardCharsets.UTF_8);
    return Integer.parseInt(text.substring(text.indexOf('-') + 1));
  }

  void handedOver(CompletableFuture<AppendOutcome> future) {
    outcome = future;
    settle();
  }

  /** Takes over what the spool has said. */
  void settle() {
    if (promise != Promise.QUEUED || !outcome.isDone()) {
      return;
    }
    switch (outcome.join()) {
      case AppendOutcome.Accepted accepted -> {
        promise = Promise.ACCEPTED;
        sequence = accepted.sequence();
      }
      case AppendOutcome.Refused _ -> promise = Promise.REFUSED;
    }
  }

  void crashed() {
    settle();
    if (promise == Promise.QUEUED || promise == Promise.REFUSED) {
      promise = Promise.NONE;
    }
  }

  boolean expected() {
    return promise == Promise.ACCEPTED;
  }

  boolean acceptedOnce() {
    return promise == Promise.ACCEPTED || promise == Promise.COMMITTED;
  }

  int id() {
    return id;
  }

  SpoolRecord record() {
    return record;
  }

  Promise promise() {
    return promise;
  }

  void promise(Promise now) {
    promise = now;
  }

  long sequence() {
    return sequence;
  }

  void sequence(long now) {
    sequence = now;
  }

  @Override
  public String toString() {
    return id + ":" + promise + "@" + sequence;
  }
}
