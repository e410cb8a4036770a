package io.tallyman.agent.spool;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** The bytes of the cursor file: magic, version, last committed sequence, CRC32C of these. */
final class Cursor {

  private static final int MAGIC = 0xC5540001;
  private static final int CHECKED_BYTES = 12;
  static final int BYTES = CHECKED_BYTES + 4;

  private Cursor() {}

  static ByteBuffer encode(long committed) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).putInt(MAGIC).putLong(committed);
    return bytes.putInt(checksum(bytes)).flip();
  }

  /** Empty when the bytes are not a whole cursor. */
  static OptionalLong decode(ByteBuffer bytes) {
    if (bytes.remaining() != BYTES
        || bytes.getInt(0) != MAGIC
        || bytes.getInt(CHECKED_BYTES) != checksum(bytes)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(bytes.getLong(4));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), bytes.arrayOffset(), CHECKED_BYTES);
    return (int) crc.getValue();
  }
}
