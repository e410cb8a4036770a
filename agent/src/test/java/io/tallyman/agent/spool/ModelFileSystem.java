package io.tallyman.agent.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system of which it is known what is durable and what was only written.
 *
 * <p>When the power goes, each 512-byte sector that was not fsynced, and each change of a directory
 * that was not, survives or not by itself; what never reached the disk reads as zeros or as bytes
 * that were there before. A failed fsync forgets what it should have written, as Linux does.
 */
final class ModelFileSystem implements FileSystemPort {

  private final Random random;
  private final Map<Path, ModelFile> files = new TreeMap<>();
  private final Map<Path, ModelFile> durableFiles = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Set<Path> locks = new HashSet<>();
  private final ModelFaults faults = new ModelFaults();

  ModelFileSystem(Random random) {
    this.random = random;
  }

  /** A change of one directory: a name taken away, a name given. */
  private record Change(
      Path directory, @Nullable Path gone, @Nullable Path name, @Nullable ModelFile file) {

    void apply(Map<Path, ModelFile> to) {
      if (gone != null) {
        to.remove(gone);
      }
      if (name != null && file != null) {
        to.put(name, file);
      }
    }
  }

  ModelFaults faults() {
    return faults;
  }

  /** The process is gone; what it wrote stays. */
  void kill() {
    locks.clear();
    faults.restart();
  }

  /** The machine is gone; what was not fsynced stays or not. */
  void losePower() {
    double kept = chance();
    for (Change change : changes) {
      if (random.nextDouble() < kept) {
        change.apply(durableFiles);
      }
    }
    changes.clear();
    durableFiles.keySet().removeIf(path -> !isReachable(path));
    List<byte[]> stale = files.values().stream().map(ModelFile::cache).toList();
    files.clear();
    files.putAll(durableFiles);
    files.values().forEach(file -> file.losePower(random, chance(), stale));
    kill();
  }

  private boolean isReachable(Path path) {
    for (Path up = parent(path); up.getParent() != null; up = parent(up)) {
      if (!durableFiles.containsKey(up)) {
        return false;
      }
    }
    return true;
  }

  private double chance() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> 1;
      default -> random.nextDouble();
    };
  }

  /** Paths of the files whose names end like this, in order. */
  List<Path> named(String suffix) {
    return files.keySet().stream().filter(path -> path.toString().endsWith(suffix)).toList();
  }

  byte[] content(Path file) {
    return known(file).cache().clone();
  }

  /** Changes bytes behind the back of everyone, on the disk. */
  void replace(Path file, byte[] content) {
    known(file).replace(content);
  }

  /** Puts a file back, on the disk. */
  void restore(Path file, byte[] content) {
    ModelFile restored = new ModelFile();
    restored.replace(content);
    files.put(file, restored);
    durableFiles.put(file, restored);
  }

  void remove(Path file) {
    files.remove(file);
    durableFiles.remove(file);
  }

  private void change(Path directory, @Nullable Path gone, @Nullable Path name, ModelFile file) {
    Change change = new Change(directory, gone, name, file);
    change.apply(files);
    changes.add(change);
  }

  private static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  private ModelFile known(Path file) {
    return Objects.requireNonNull(files.get(file));
  }

  private ModelFile get(Path path) throws IOException {
    ModelFile file = files.get(path);
    if (file == null) {
      throw new NoSuchFileException(path.toString());
    }
    return file;
  }

  @Override
  public boolean isDirectory(Path path) {
    return path.getParent() == null || (files.containsKey(path) && known(path).isDirectory());
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    faults.call(true);
    change(parent(directory), null, directory, ModelFile.directory());
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    faults.call(false);
    return files.keySet().stream()
        .filter(path -> directory.equals(path.getParent()))
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @Override
  public boolean exists(Path file) {
    return files.containsKey(file);
  }

  @Override
  public AppendFile create(Path path) throws IOException {
    faults.call(true);
    if (!isDirectory(parent(path))) {
      throw new NoSuchFileException(path.toString());
    }
    ModelFile file = new ModelFile();
    change(parent(path), null, path, file);
    return new Handle(file);
  }

  @Override
  public long size(Path file) throws IOException {
    faults.call(false);
    return get(file).cache().length;
  }

  @Override
  public ByteBuffer read(Path file, long offset, int length) throws IOException {
    faults.call(false);
    byte[] content = get(file).cache();
    int from = (int) Math.min(offset, content.length);
    int to = (int) Math.min(offset + length, content.length);
    byte[] copy = new byte[to - from];
    System.arraycopy(content, from, copy, 0, copy.length);
    return ByteBuffer.wrap(copy);
  }

  @Override
  public void truncate(Path file, long length) throws IOException {
    faults.call(true);
    get(file).truncate((int) length);
    force(get(file));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    faults.call(true);
    change(parent(from), from, to, get(from));
  }

  @Override
  public void delete(Path file) throws IOException {
    faults.call(false);
    if (files.containsKey(file)) {
      changes.add(new Change(parent(file), file, null, null));
      files.remove(file);
    }
  }

  @Override
  public void fsyncDirectory(Path directory) throws IOException {
    faults.call(true);
    for (Change change : List.copyOf(changes)) {
      if (change.directory().equals(directory)) {
        change.apply(durableFiles);
        changes.remove(change);
      }
    }
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    faults.call(true);
    if (!locks.add(file)) {
      throw new SpoolInUseException("in use");
    }
    return () -> locks.remove(file);
  }

  private void force(ModelFile file) throws IOException {
    if (faults.forceFails()) {
      file.forgetUnforced(random.nextBoolean());
      throw new IOException("Input/output error");
    }
    file.force();
  }

  /** Bytes of all files. */
  long used() {
    return files.values().stream().mapToLong(file -> file.cache().length).sum();
  }

  private final class Handle implements AppendFile {

    private final ModelFile file;

    Handle(ModelFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      int length = bytes.remaining();
      try {
        faults.call(true);
      } catch (IOException | ModelFaults.PowerLoss e) {
        if (!(e instanceof ModelFaults.PowerLoss) || faults.powerJustFailed()) {
          part(bytes, random.nextInt(length + 1));
        }
        throw e;
      }
      if (used() + length > faults.capacity()) {
        part(bytes, (int) Math.max(0, faults.capacity() - used()));
        throw new NoSpaceException("full", new IOException("No space left on device"));
      }
      part(bytes, length);
    }

    private void part(ByteBuffer bytes, int length) {
      byte[] written = new byte[length];
      bytes.get(written);
      file.append(written);
    }

    @Override
    public void force() throws IOException {
      faults.call(true);
      ModelFileSystem.this.force(file);
    }

    @Override
    public void close() {}
  }
}
