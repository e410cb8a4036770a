package io.tallyman.agent.publish;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a lane has lost and not told yet, on disk, so that the next run tells it when this one is
 * killed. Written in place, for a full disk has no room for another file. It is exact after the
 * process was killed; after a loss of power the begin is true, and end and number may be older. Not
 * safe for several threads.
 */
final class LossMark {

  private static final int BYTES = 3 * Long.BYTES;

  private static final Logger log = LoggerFactory.getLogger(LossMark.class);

  private final Path file;
  private final Set<Mechanism> off;
  private @Nullable FileChannel channel;
  private boolean isSet;

  /** So many records of a time. */
  record Lost(Instant from, Instant to, long records) {

    static @Nullable Lost both(@Nullable Lost one, @Nullable Lost other) {
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return new Lost(
          one.from.isBefore(other.from) ? one.from : other.from,
          one.to.isAfter(other.to) ? one.to : other.to,
          one.records + other.records);
    }
  }

  LossMark(Path file, Set<Mechanism> off) {
    this.file = file;
    this.off = off;
  }

  /** Opens the file; returns what an earlier run left, null when it left nothing. */
  @Nullable Lost open() {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel opened =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel = opened;
      ByteBuffer bytes = ByteBuffer.allocate(BYTES);
      while (bytes.hasRemaining() && opened.read(bytes, bytes.position()) > 0) {
        // Until all is read.
      }
      bytes.clear();
      Lost left = new Lost(time(bytes.getLong()), time(bytes.getLong()), bytes.getLong());
      isSet = left.records() > 0;
      if (isSet) {
        return left;
      }
      write(new Lost(Instant.EPOCH, Instant.EPOCH, 0));
    } catch (IOException e) {
      failed(e);
    }
    return null;
  }

  /** Replaces what is kept. */
  void set(Lost lost) {
    if (off.contains(Mechanism.LOSS_MARK)) {
      return;
    }
    try {
      write(lost);
      if (!isSet && channel != null) {
        channel.force(false);
      }
      isSet = true;
    } catch (IOException e) {
      failed(e);
    }
  }

  /** All was told. */
  void clear() {
    if (isSet) {
      set(new Lost(Instant.EPOCH, Instant.EPOCH, 0));
      isSet = false;
    }
  }

  void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  private void write(Lost lost) throws IOException {
    if (channel != null) {
      ByteBuffer bytes =
          ByteBuffer.allocate(BYTES)
              .putLong(micros(lost.from()))
              .putLong(micros(lost.to()))
              .putLong(lost.records())
              .flip();
      while (bytes.hasRemaining()) {
        channel.write(bytes, bytes.position());
      }
    }
  }

  private void failed(IOException e) {
    log.warn("What is lost now is not known after a crash: {}", e.toString());
    close();
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Instant time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
