package io.tallyman.cli.up;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The directory in which standalone mode keeps everything; this process's alone while open. */
public final class DataDirectory implements AutoCloseable {

  private static final String LOCK = "up.lock";

  /** Room for the broker's first segments and the state stores. */
  private static final long MIN_FREE_BYTES = 256L << 20;

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the directory when it is missing and takes its lock; nothing else is written.
   *
   * @throws UpException when another process has it, or it cannot be used
   */
  public static DataDirectory open(Path path) {
    try {
      long freeBytes = Files.getFileStore(nearestExisting(path)).getUsableSpace();
      if (freeBytes < MIN_FREE_BYTES) {
        throw full(path, freeBytes);
      }
      Files.createDirectories(path);
      if (!Files.isReadable(path) || !Files.isWritable(path) || !Files.isExecutable(path)) {
        throw new AccessDeniedException(path.toString());
      }
      return lock(path);
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  /** So that a disk that is too full is left as it was. */
  private static Path nearestExisting(Path path) {
    Path existing = path.toAbsolutePath();
    while (Files.notExists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static DataDirectory lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
      return new DataDirectory(path, channel);
    } catch (OverlappingFileLockException e) {
      String owner = owner(channel);
      channel.close();
      throw new UpException(
          "another 'tallyman up'%s works on %s: stop it, or give this one a --data-dir of its own"
              .formatted(owner, path),
          e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(32);
    channel.read(buffer, 0);
    String pid =
        new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII).strip();
    return pid.isEmpty() ? "" : " (process " + pid + ")";
  }

  private static UpException unusable(Path path, IOException e) {
    String reason =
        switch (e) {
          case AccessDeniedException denied -> "no permission for " + denied.getFile();
          case FileAlreadyExistsException _ -> "it is not a directory";
          case NotDirectoryException _ -> "it is not a directory";
          case FileSystemException system when system.getReason() != null -> system.getReason();
          case IOException other -> String.valueOf(other.getMessage());
        };
    if (reason.toLowerCase(Locale.ROOT).contains("no space left")) {
      return full(path, 0);
    }
    return new UpException(
        "cannot use the data directory %s: %s; choose another with --data-dir"
            .formatted(path, reason),
        e);
  }

  private static UpException full(Path path, long freeBytes) {
    return new UpException(
        "the disk under %s has %d MiB left, and %d are needed: free some, or choose another place with --data-dir"
            .formatted(path, freeBytes >> 20, MIN_FREE_BYTES >> 20));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException ignored) {
      // The lock goes with the process at the latest.
    }
  }
}
