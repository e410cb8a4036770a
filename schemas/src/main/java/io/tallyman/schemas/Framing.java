package io.tallyman.schemas;

import java.nio.ByteBuffer;

/** The frame of a value: {@code 0x00}, the schema's id as a big-endian int32, the Avro body. */
public final class Framing {

  static final byte MAGIC = 0;

  /** Number of bytes before the body. */
  public static final int HEADER_BYTES = 1 + Integer.BYTES;

  private Framing() {}

  /** Puts a body into its frame. */
  public static byte[] frame(int schemaId, byte[] body) {
    return ByteBuffer.allocate(HEADER_BYTES + body.length)
        .put(MAGIC)
        .putInt(schemaId)
        .put(body)
        .array();
  }

  /**
   * The schema id that a frame names.
   *
   * @param topic for the error
   * @throws RecordCorruptException when it is too short or does not begin with {@code 0x00}
   */
  public static int schemaId(String topic, byte[] framed) {
    if (framed.length < HEADER_BYTES) {
      throw new RecordCorruptException(
          topic, "A value of " + framed.length + " bytes is too short for a frame", null);
    }
    if (framed[0] != MAGIC) {
      throw new RecordCorruptException(
          topic, "A value begins with byte " + framed[0] + ", not with the frame's 0", null);
    }
    return ByteBuffer.wrap(framed).getInt(1);
  }
}
