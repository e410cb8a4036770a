package io.tallyman.agent.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The real file system. */
final class NioFileSystem implements FileSystemPort {

  /** With less left than this, a failed call is taken to have failed for want of room. */
  private static final long FULL_BELOW_BYTES = 64 << 10;

  /**
   * Locks held by this process. POSIX gives up all locks of a process on a file when it closes any
   * descriptor of it, so a second attempt must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw classified(e, directory);
    }
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public AppendFile create(Path file) throws IOException {
    try {
      return new NioFile(
          file,
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw classified(e, file);
    }
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public ByteBuffer read(Path file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
    }
    return bytes.flip();
  }

  @Override
  public void truncate(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      channel.force(true);
    } catch (IOException e) {
      throw classified(e, file);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw classified(e, to);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void fsyncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw classified(e, directory);
    }
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    Path owned = file.toAbsolutePath().normalize();
    if (!HELD.add(owned)) {
      throw inUse(file, "this process");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      @SuppressWarnings("resource") // lives as long as the channel
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(file, "process " + Files.readString(file, StandardCharsets.UTF_8).strip());
      }
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
    } catch (IOException | OverlappingFileLockException e) {
      HELD.remove(owned);
      if (channel != null) {
        channel.close();
      }
      throw e instanceof IOException failed
          ? classified(failed, file)
          : inUse(file, "this process");
    }
    FileChannel locked = channel;
    return () -> {
      locked.close();
      HELD.remove(owned);
    };
  }

  private static SpoolInUseException inUse(Path file, String owner) {
    return new SpoolInUseException(
        "The spool "
            + file.getParent()
            + " is in use by "
            + owner
            + ". Stop that agent, or give this one its own tallyman.data-dir.");
  }

  /** The message of a full disk may be in the host's language, so the room left decides as well. */
  private static IOException classified(IOException e, Path path) {
    if (e instanceof SpoolInUseException) {
      return e;
    }
    String reason = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    String text = reason == null ? "" : reason.toLowerCase(Locale.ROOT);
    boolean told = text.contains("no space left") || text.contains("quota exceeded");
    return told || isFull(path) ? new NoSpaceException("No room on the disk of " + path, e) : e;
  }

  private static boolean isFull(Path path) {
    Path known = Files.exists(path) ? path : path.toAbsolutePath().getParent();
    try {
      return known != null && Files.getFileStore(known).getUsableSpace() < FULL_BELOW_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private record NioFile(Path file, FileChannel channel) implements AppendFile {

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        throw classified(e, file);
      }
    }

    @Override
    public void force() throws IOException {
      try {
        channel.force(false);
      } catch (IOException e) {
        throw classified(e, file);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
