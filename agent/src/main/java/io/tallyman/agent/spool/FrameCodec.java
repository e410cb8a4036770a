package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a frame. Big endian:
 *
 * <pre>
 * magic u32 | version u8 | flags u8 | body length u32 | sequence u64 | CRC32C of the header
 * body: schema id u32 | seconds i64 | nanos u32 | u16 topic | u16 key | payload
 * CRC32C of header and body
 * </pre>
 *
 * <p>Both checksums begin with the segment's salt, a random number that is in the file's name only:
 * bytes inside a payload that imitate a frame, and frames of a file that had the same blocks
 * before, never pass.
 */
final class FrameCodec {

  static final int MAGIC = 0xF554A159;
  static final byte VERSION = 1;
  static final int HEADER_BYTES = 22;
  static final int TRAILER_BYTES = 4;
  static final int OVERHEAD_BYTES = HEADER_BYTES + TRAILER_BYTES;

  private static final int LENGTH_AT = 6;
  private static final int SEQUENCE_AT = 10;
  private static final int CHECKSUM_AT = 18;
  private static final int TIME_AT = 4;
  private static final int FIXED_BODY_BYTES = 4 + 8 + 4 + 2 + 2;
  private static final int MAX_TEXT_BYTES = 0xFFFF;

  private final boolean verified;

  FrameCodec(boolean verified) {
    this.verified = verified;
  }

  /** What a sound header says. */
  record Header(long sequence, int bodyBytes) {

    int frameBytes() {
      return OVERHEAD_BYTES + bodyBytes;
    }
  }

  /** The body of a record's frame, or null when topic or key are too long for one. */
  @SuppressWarnings("JavaInstantGetSecondsGetNano") // both are written
  static byte @Nullable [] body(SpoolRecord record) {
    byte[] topic = record.topic().getBytes(StandardCharsets.UTF_8);
    byte[] key = record.key().getBytes(StandardCharsets.UTF_8);
    long length = (long) FIXED_BODY_BYTES + topic.length + key.length + record.payload().length;
    if (topic.length > MAX_TEXT_BYTES
        || key.length > MAX_TEXT_BYTES
        || length > Integer.MAX_VALUE - OVERHEAD_BYTES) {
      return null;
    }
    return ByteBuffer.allocate((int) length)
        .putInt(record.schemaId())
        .putLong(record.time().getEpochSecond())
        .putInt(record.time().getNano())
        .putShort((short) topic.length)
        .put(topic)
        .putShort((short) key.length)
        .put(key)
        .put(record.payload())
        .array();
  }

  /** The record's time, from its body. */
  static Instant time(ByteBuffer body) {
    int at = body.position() + TIME_AT;
    return Instant.ofEpochSecond(body.getLong(at), body.getInt(at + Long.BYTES));
  }

  static SpoolRecord record(ByteBuffer body) {
    int schemaId = body.getInt();
    Instant time = Instant.ofEpochSecond(body.getLong(), body.getInt());
    String topic = text(body);
    String key = text(body);
    byte[] payload = new byte[body.remaining()];
    body.get(payload);
    return new SpoolRecord(topic, key, schemaId, time, payload);
  }

  private static String text(ByteBuffer body) {
    byte[] bytes = new byte[Short.toUnsignedInt(body.getShort())];
    body.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Appends a frame to a buffer that has room for it. */
  static void put(ByteBuffer out, int salt, long sequence, byte[] body) {
    int start = out.position();
    out.putInt(MAGIC).put(VERSION).put((byte) 0).putInt(body.length).putLong(sequence);
    out.putInt(checksum(out, start, CHECKSUM_AT, salt));
    out.put(body);
    out.putInt(checksum(out, start, HEADER_BYTES + body.length, salt));
  }

  /**
   * The header that begins at an index, or null when there is none that is sound.
   *
   * @throws IOException when it is sound and of a format that this version cannot read
   */
  @Nullable Header header(ByteBuffer data, int at, int salt) throws IOException {
    if (data.limit() - at < OVERHEAD_BYTES || data.getInt(at) != MAGIC) {
      return null;
    }
    if (verified && data.getInt(at + CHECKSUM_AT) != checksum(data, at, CHECKSUM_AT, salt)) {
      return null;
    }
    if (verified && data.get(at + 4) != VERSION) {
      throw new IOException("The spool was written by a newer agent; start that one to drain it.");
    }
    int bodyBytes = data.getInt(at + LENGTH_AT);
    return bodyBytes < FIXED_BODY_BYTES
        ? null
        : new Header(data.getLong(at + SEQUENCE_AT), bodyBytes);
  }

  /**
   * The body of the frame that begins at an index, or null when it is not sound or not all there.
   */
  @Nullable ByteBuffer body(ByteBuffer data, int at, Header header, int salt) {
    if (header.bodyBytes() > data.limit() - at - OVERHEAD_BYTES) {
      return null;
    }
    int checked = HEADER_BYTES + header.bodyBytes();
    if (verified && data.getInt(at + checked) != checksum(data, at, checked, salt)) {
      return null;
    }
    return data.slice(at + HEADER_BYTES, header.bodyBytes());
  }

  private static int checksum(ByteBuffer data, int at, int length, int salt) {
    CRC32C crc = new CRC32C();
    crc.update(salt >>> 24);
    crc.update(salt >>> 16);
    crc.update(salt >>> 8);
    crc.update(salt);
    crc.update(data.array(), data.arrayOffset() + at, length);
    return (int) crc.getValue();
  }
}
