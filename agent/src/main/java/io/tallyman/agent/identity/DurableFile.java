package io.tallyman.agent.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Small files that are kept through a crash. */
public final class DurableFile {

  private DurableFile() {}

  /**
   * Gives a file another content, whole or not at all: to a file beside it, synced, renamed over
   * the old one, and the directory synced.
   *
   * @throws IOException when it could not; the old content is still there then
   */
  public static void replace(Path target, byte[] content) throws IOException {
    Path fresh = target.resolveSibling(target.getFileName() + ".tmp");
    try {
      try (FileChannel file =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel parent =
          FileChannel.open(
              Objects.requireNonNull(target.toAbsolutePath().getParent()),
              StandardOpenOption.READ)) {
        parent.force(true);
      }
    } catch (IOException e) {
      try {
        Files.deleteIfExists(fresh);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }
}
