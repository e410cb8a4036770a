package io.tallyman.agent.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A real directory on a disk that fails when it is told to. Safe from any thread. */
public final class FailingDisk {

  /** What goes wrong from now on, until it is said otherwise. */
  public enum Trouble {
    NONE,
    /** A write of frames fails: ENOSPC. */
    FULL_ON_APPEND,
    /** An fsync of frames fails: ENOSPC. */
    FULL_ON_FSYNC,
    /** The cursor cannot be written: ENOSPC. */
    FULL_ON_CURSOR,
    /** An fsync of frames fails: EIO. */
    FSYNC_ERROR,
    /** An fsync of frames fails, and then nothing can be read or written any more: EIO. */
    DYING,
    /** Nothing can be read or written: EIO. */
    DEAD
  }

  private final FileSystemPort files = new Files(new NioFileSystem());
  private final AtomicInteger failures = new AtomicInteger();
  private volatile Trouble trouble = Trouble.NONE;
  private volatile int times = Integer.MAX_VALUE;

  /** Opens a spool on this disk, with its thread. */
  public Spool open(SpoolSettings settings, SpoolListener listener) throws IOException {
    return Spool.open(settings, listener, files);
  }

  public void trouble(Trouble next) {
    trouble(next, Integer.MAX_VALUE);
  }

  /** Ends by itself after so many failures. */
  public void trouble(Trouble next, int failing) {
    times = failing;
    failures.set(0);
    trouble = next;
  }

  /** Failures since the last trouble began. */
  public int failures() {
    return failures.get();
  }

  private void fail(Trouble... on) throws IOException {
    Trouble now = trouble;
    for (Trouble each : on) {
      if (each == now && failures.incrementAndGet() <= times) {
        throw now == Trouble.FSYNC_ERROR || now == Trouble.DEAD
            ? new IOException("Input/output error")
            : new NoSpaceException("full", new IOException("No space left on device"));
      }
    }
  }

  private final class Files implements FileSystemPort {
    private final FileSystemPort disk;

    private Files(FileSystemPort disk) {
      this.disk = disk;
    }

    @Override
    public boolean isDirectory(Path path) {
      return disk.isDirectory(path);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
      disk.createDirectory(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
      fail(Trouble.DEAD);
      return disk.list(directory);
    }

    @Override
    public boolean exists(Path file) {
      return disk.exists(file);
    }

    @Override
    public AppendFile create(Path file) throws IOException {
      boolean frames = file.getFileName().toString().endsWith(".frames");
      boolean cursor = file.getFileName().toString().startsWith("cursor");
      if (cursor) {
        fail(Trouble.FULL_ON_CURSOR);
      }
      fail(Trouble.DEAD);
      return new File(disk.create(file), frames || file.endsWith("probe"));
    }

    @Override
    public long size(Path file) throws IOException {
      return disk.size(file);
    }

    @Override
    public ByteBuffer read(Path file, long offset, int length) throws IOException {
      fail(Trouble.DEAD);
      return disk.read(file, offset, length);
    }

    @Override
    public void truncate(Path file, long length) throws IOException {
      disk.truncate(file, length);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      disk.delete(file);
    }

    @Override
    public void fsyncDirectory(Path directory) throws IOException {
      disk.fsyncDirectory(directory);
    }

    @Override
    public Closeable lock(Path file) throws IOException {
      return disk.lock(file);
    }
  }

  private final class File implements FileSystemPort.AppendFile {
    private final FileSystemPort.AppendFile file;
    private final boolean frames;

    private File(FileSystemPort.AppendFile file, boolean frames) {
      this.file = file;
      this.frames = frames;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      if (frames) {
        fail(Trouble.FULL_ON_APPEND, Trouble.DEAD);
      }
      file.write(bytes);
    }

    @Override
    public void force() throws IOException {
      if (frames) {
        if (trouble == Trouble.DYING) {
          trouble = Trouble.DEAD;
        }
        fail(Trouble.FULL_ON_FSYNC, Trouble.FSYNC_ERROR, Trouble.DEAD);
      }
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
