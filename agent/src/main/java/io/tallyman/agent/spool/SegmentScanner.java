package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sound frames in the bytes of a segment, passing over what is not one.
 *
 * <p>A frame that is damaged anywhere, in its length too, costs that frame alone: the search goes
 * on byte by byte until a header with a sound checksum.
 */
final class SegmentScanner {

  private final ByteBuffer data;
  private final int salt;
  private final FrameCodec codec;
  private final boolean resync;
  private final long last;
  private long expected;
  private int end;
  private int skipped;
  private long sequence;
  private @Nullable ByteBuffer body;

  /**
   * @param first sequence that should come first; lower ones are no frames of this segment
   * @param last highest sequence that can be there
   */
  SegmentScanner(
      ByteBuffer data, int salt, long first, long last, FrameCodec codec, boolean resync) {
    this.data = data;
    this.salt = salt;
    this.codec = codec;
    this.resync = resync;
    this.expected = first;
    this.last = last;
  }

  /** Moves to the next sound frame; false when there is none. */
  boolean next() throws IOException {
    for (int at = end; at <= data.limit() - FrameCodec.OVERHEAD_BYTES; at++) {
      FrameCodec.Header header = codec.header(data, at, salt);
      if (header != null && header.sequence() >= expected && header.sequence() <= last) {
        ByteBuffer found = codec.body(data, at, header, salt);
        if (found != null) {
          skipped = at - end;
          end = at + header.frameBytes();
          sequence = header.sequence();
          expected = sequence + 1;
          body = found;
          return true;
        }
      }
      if (!resync) {
        break;
      }
    }
    skipped = data.limit() - end;
    return false;
  }

  /** Sequence of the frame. */
  long sequence() {
    return sequence;
  }

  SpoolRecord record() {
    if (body == null) {
      throw new IllegalStateException("no frame");
    }
    return FrameCodec.record(body.duplicate());
  }

  /** Time of the frame's record. */
  Instant time() {
    if (body == null) {
      throw new IllegalStateException("no frame");
    }
    return FrameCodec.time(body);
  }

  /** Sequence that should come next. */
  long expected() {
    return expected;
  }

  /** Index after the last sound frame. */
  int end() {
    return end;
  }

  /** Bytes passed over before the frame, or after the last one once there is no next. */
  int skipped() {
    return skipped;
  }
}
