package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * How much longer the spool takes than a file that is appended to and forced as often with the same
 * bytes. Run by hand, with a directory on the disk in question.
 */
final class SpoolBenchmark {

  private static final int RECORDS = 100_000;
  private static final int PER_COMMIT = 100;
  private static final int PAYLOAD_BYTES = 400;
  private static final int ROUNDS = 5;

  private SpoolBenchmark() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "spool-benchmark");
    try {
      for (int round = 0; round < ROUNDS; round++) {
        double bare = secondsBare(directory.resolve("bare-" + round));
        double spool = secondsSpool(directory.resolve("spool-" + round));
        System.out.printf(
            "bare %.0f records/s, spool %.0f records/s, spool takes %.2f times as long%n",
            RECORDS / bare, RECORDS / spool, spool / bare);
      }
    } finally {
      deleteAll(directory);
    }
  }

  private static double secondsBare(Path file) throws IOException {
    byte[] body = FrameCodec.body(record());
    int frameBytes = FrameCodec.OVERHEAD_BYTES + (body == null ? 0 : body.length);
    ByteBuffer group = ByteBuffer.allocate(PER_COMMIT * frameBytes);
    long start = System.nanoTime();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < RECORDS; i += PER_COMMIT) {
        channel.write(group.clear());
        channel.force(false);
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static double secondsSpool(Path directory) throws IOException {
    SpoolSettings lane = SpoolSettings.events(directory, 256 << 20);
    SpoolSettings settings =
        new SpoolSettings(
            lane.name(),
            directory,
            lane.maxBytes(),
            lane.reservedBytes(),
            lane.segmentBytes(),
            lane.maxFrameBytes(),
            lane.maxPendingBytes(),
            Duration.ZERO,
            lane.cursorInterval(),
            lane.retryPause(),
            lane.whenFull());
    try (Spool spool = Spool.open(settings, SpoolListener.NONE)) {
      long start = System.nanoTime();
      CompletableFuture<AppendOutcome> last = CompletableFuture.completedFuture(null);
      for (int i = 0; i < RECORDS; i++) {
        last = spool.append(record());
        if (i % PER_COMMIT == PER_COMMIT - 1) {
          last.join();
        }
      }
      if (!(last.join() instanceof AppendOutcome.Accepted)) {
        throw new IOException("refused: " + last.join());
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static SpoolRecord record() {
    return new SpoolRecord(
        "docker.events.v1", "host", 0x4000_0001, Instant.EPOCH, new byte[PAYLOAD_BYTES]);
  }

  private static void deleteAll(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(directory)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
