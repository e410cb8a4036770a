package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a spool's directory: what is there, what is damaged, where to go on. One use. */
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final FileSystemPort files;
  private final Path directory;
  private final Set<Mechanism> off;
  private final FrameCodec codec;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Damage> damage = new ArrayList<>();
  private long committed;
  private long last;
  private long tailBytes;

  Recovery(FileSystemPort files, Path directory, Set<Mechanism> off) {
    this.files = files;
    this.directory = directory;
    this.off = off;
    this.codec = new FrameCodec(!off.contains(Mechanism.CHECKSUM));
  }

  /**
   * @param last sequence of the last readable frame, or what was committed if that is more
   * @param ordinal highest in use
   */
  record Found(
      List<Segment> segments,
      List<Damage> damage,
      long committed,
      long last,
      long ordinal,
      boolean cursorLost) {}

  /**
   * Scans everything, cuts off a torn tail, and makes durable what an earlier process may have left
   * in the page cache.
   *
   * @param known what is committed for sure, whatever the cursor file says
   */
  Found run(CursorFile cursorFile, long known) throws IOException {
    if (!off.contains(Mechanism.DIRECTORY_FSYNC)) {
      files.fsyncDirectory(directory);
    }
    List<SegmentName> names =
        files.list(directory).stream()
            .map(SegmentName::parse)
            .filter(Objects::nonNull)
            .sorted(SegmentName.ORDER)
            .toList();
    OptionalLong cursor = cursorFile.read();
    boolean lost = cursor.isEmpty() && cursorFile.exists();
    long start = names.isEmpty() ? 0 : names.getFirst().first() - 1;
    committed = Math.max(known, cursor.orElse(start));
    last = committed;
    long ordinal = 0;
    for (int i = 0; i < names.size(); i++) {
      SegmentName name = names.get(i);
      ordinal = Math.max(ordinal, name.ordinal());
      scan(name, i + 1 < names.size() ? names.get(i + 1) : null);
    }
    return new Found(segments, damage, committed, last, ordinal, lost);
  }

  private void scan(SegmentName name, @Nullable SegmentName next) throws IOException {
    corruption(last + 1, name.first() - 1, tailBytes);
    Path path = directory.resolve(name.fileName());
    long fileBytes = files.size(path);
    ByteBuffer data = files.read(path, 0, Math.toIntExact(fileBytes));
    long bound = next == null ? Long.MAX_VALUE : next.first() - 1;
    boolean resync = !off.contains(Mechanism.RESYNC);
    SegmentScanner scanner =
        new SegmentScanner(data, name.salt(), name.first(), bound, codec, resync);
    List<Segment.Hole> holes = new ArrayList<>();
    long expected = name.first();
    Segment.Times times = null;
    while (scanner.next()) {
      times = new Segment.Times(times == null ? scanner.time() : times.first(), scanner.time());
      if (scanner.sequence() > expected) {
        holes.add(new Segment.Hole(expected, scanner.sequence() - 1));
        corruption(expected, scanner.sequence() - 1, scanner.skipped());
      }
      expected = scanner.expected();
    }
    tailBytes = fileBytes - scanner.end();
    last = Math.max(last, expected - 1);
    if (next == null) {
      fileBytes = cutTail(path, scanner.end(), fileBytes);
    }
    Segment segment = Segment.found(name, path, fileBytes, scanner.end(), expected - 1, times);
    holes.forEach(hole -> segment.addHole(hole.from(), hole.to()));
    segments.add(segment);
  }

  private void corruption(long from, long to, long bytes) {
    long uncommitted = Math.max(from, committed + 1);
    if (uncommitted <= to) {
      log.warn("{}: records {} to {} cannot be read", directory, uncommitted, to);
      damage.add(new Damage.Corruption(uncommitted, to, bytes));
    }
  }

  private long cutTail(Path path, int end, long fileBytes) throws IOException {
    if (fileBytes > end) {
      log.warn("{}: cutting {} bytes of a torn record", path, fileBytes - end);
      damage.add(new Damage.TornTail(last + 1, fileBytes - end));
      if (off.contains(Mechanism.TRUNCATION)) {
        return fileBytes;
      }
    }
    files.truncate(path, end);
    return end;
  }
}
