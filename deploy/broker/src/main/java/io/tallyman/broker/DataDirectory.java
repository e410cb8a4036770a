package io.tallyman.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.metadata.properties.MetaPropertiesEnsemble.META_PROPERTIES_NAME;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * The broker's data directory: made and formatted when new, checked when not, and locked against a
 * second broker until it is closed.
 */
final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = "tallyman.lock";
  private static final String META_PROPERTIES_VERSION = "1";

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  static DataDirectory open(BrokerConfig config) {
    var path = config.dataDirectory();
    try {
      Files.createDirectories(path);
      rejectForeign(path);
      if (Files.getFileStore(path).getUsableSpace() < config.minFreeBytes()) {
        throw new BrokerException.DiskFull(path, null);
      }
      var directory = new DataDirectory(path, lock(path));
      try {
        directory.formatWhenNew();
        return directory;
      } catch (IOException | RuntimeException e) {
        directory.close();
        throw e;
      }
    } catch (IOException e) {
      throw Failures.isDiskFull(e)
          ? new BrokerException.DiskFull(path, e)
          : new BrokerException.DirectoryUnusable(path, reason(e), e);
    }
  }

  Path path() {
    return path;
  }

  /** Free space under it; unlimited when that cannot be told. */
  long usableBytes() {
    try {
      return Files.getFileStore(path).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException ignored) {
      // The lock goes with the process at the latest.
    }
  }

  private static void rejectForeign(Path path) throws IOException {
    if (isFormatted(path)) {
      rejectOtherVersion(path);
      return;
    }
    if (Files.exists(path.resolve(LOCK_FILE))) {
      return;
    }
    try (var entries = Files.list(path)) {
      if (entries.findAny().isPresent()) {
        throw new BrokerException.DirectoryForeign(path, "holds something else", null);
      }
    }
  }

  private static void rejectOtherVersion(Path path) throws IOException {
    var properties = new Properties();
    try (var in = Files.newInputStream(path.resolve(META_PROPERTIES_NAME))) {
      properties.load(in);
    } catch (IllegalArgumentException e) {
      throw new BrokerException.DirectoryForeign(path, "holds a broken meta.properties", e);
    }
    if (!META_PROPERTIES_VERSION.equals(properties.getProperty("version"))) {
      throw new BrokerException.DirectoryForeign(
          path, "was written by another version of Kafka", null);
    }
    if (!Integer.toString(BrokerSettings.NODE_ID).equals(properties.getProperty("node.id"))) {
      throw new BrokerException.DirectoryForeign(path, "belongs to another Kafka cluster", null);
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    var channel =
        FileChannel.open(
            path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ignored) {
      // Held by another broker in this JVM.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new BrokerException.DirectoryInUse(path);
  }

  private void formatWhenNew() throws IOException {
    if (isFormatted(path)) {
      return;
    }
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(BrokerSettings.NODE_ID)
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .setMetadataLogDirectory(path.toString())
          .addDirectory(path.toString())
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BrokerException.Failed("Cannot format the data directory " + path, e);
    }
  }

  private static boolean isFormatted(Path path) {
    return Files.exists(path.resolve(META_PROPERTIES_NAME));
  }

  private static String reason(IOException e) {
    var name = e.getClass().getSimpleName();
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "it is not a directory";
      case NotDirectoryException _ -> "it is not a directory";
      case FileSystemException fs when hasText(fs.getReason()) -> fs.getReason();
      case IOException other when hasText(other.getMessage()) -> name + ": " + other.getMessage();
      case IOException _ -> name;
    };
  }

  private static boolean hasText(@Nullable String text) {
    return text != null && !text.isBlank();
  }
}
