package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that holds nothing but room. On a full disk it is given up for the cursor: without a
 * durable cursor no segment may be unlinked, and the spool could never make room again by itself.
 */
final class DiskReserve {

  private static final Logger log = LoggerFactory.getLogger(DiskReserve.class);
  private static final int BYTES = 32 << 10;

  private final FileSystemPort files;
  private final Path file;
  private final Set<Mechanism> off;

  DiskReserve(FileSystemPort files, Path directory, Set<Mechanism> off) {
    this.files = files;
    this.file = directory.resolve("reserve");
    this.off = off;
  }

  /** Takes the room if it can be had. */
  void take() {
    if (off.contains(Mechanism.DISK_RESERVE)) {
      return;
    }
    try {
      if (files.exists(file) && files.size(file) == BYTES) {
        return;
      }
      byte[] filling = new byte[BYTES];
      Arrays.fill(filling, (byte) 0xA5);
      try (FileSystemPort.AppendFile room = files.create(file)) {
        room.write(ByteBuffer.wrap(filling));
        room.force();
      }
    } catch (IOException e) {
      log.debug("No room for {}", file, e);
      giveUp();
    }
  }

  /** Makes room; says whether there was any to make. */
  boolean giveUp() {
    try {
      if (!files.exists(file)) {
        return false;
      }
      files.delete(file);
      return true;
    } catch (IOException e) {
      log.debug("Cannot delete {}", file, e);
      return false;
    }
  }
}
