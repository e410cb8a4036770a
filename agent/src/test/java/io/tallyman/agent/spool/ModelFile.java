package io.tallyman.agent.spool;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** What of a file is in the page cache, and what is on the disk. */
final class ModelFile {

  private static final int SECTOR = 512;

  private final boolean directory;
  private byte[] cache = {};
  private byte[] durable = {};
  private final BitSet dirty = new BitSet();

  ModelFile() {
    this(false);
  }

  private ModelFile(boolean directory) {
    this.directory = directory;
  }

  static ModelFile directory() {
    return new ModelFile(true);
  }

  boolean isDirectory() {
    return directory;
  }

  byte[] cache() {
    return cache;
  }

  void append(byte[] bytes) {
    int from = cache.length;
    cache = Arrays.copyOf(cache, from + bytes.length);
    System.arraycopy(bytes, 0, cache, from, bytes.length);
    if (bytes.length > 0) {
      dirty.set(from / SECTOR, (cache.length - 1) / SECTOR + 1);
    }
  }

  void truncate(int length) {
    if (length < cache.length) {
      cache = Arrays.copyOf(cache, length);
      dirty.clear(
          (length + SECTOR - 1) / SECTOR, Math.max(dirty.length(), 1) + length / SECTOR + 1);
    }
  }

  void force() {
    byte[] disk = Arrays.copyOf(durable, cache.length);
    dirty.stream().forEach(sector -> copySector(cache, disk, sector));
    durable = disk;
    dirty.clear();
  }

  /** What an fsync that failed leaves: pages that count as clean and are not on the disk. */
  void forgetUnforced(boolean evicted) {
    dirty.clear();
    if (evicted) {
      cache = Arrays.copyOf(durable, cache.length);
    }
  }

  void losePower(Random random, double kept, List<byte[]> stale) {
    int shorter = Math.min(cache.length, durable.length);
    int longer = Math.max(cache.length, durable.length);
    int size =
        switch (random.nextInt(3)) {
          case 0 -> cache.length;
          case 1 -> durable.length;
          default -> shorter + random.nextInt(longer - shorter + 1);
        };
    byte[] disk = Arrays.copyOf(durable, size);
    for (int sector = 0; sector * SECTOR < size; sector++) {
      if (dirty.get(sector) && random.nextDouble() < kept) {
        copySector(cache, disk, sector);
      } else if (sector * SECTOR >= durable.length && random.nextBoolean()) {
        byte[] before = stale.get(random.nextInt(stale.size()));
        copySector(before, disk, sector);
      }
    }
    durable = disk;
    cache = disk.clone();
    dirty.clear();
  }

  void replace(byte[] content) {
    cache = content.clone();
    durable = content.clone();
    dirty.clear();
  }

  private static void copySector(byte[] from, byte[] to, int sector) {
    int start = sector * SECTOR;
    int end = Math.min(start + SECTOR, Math.min(from.length, to.length));
    if (end > start) {
      System.arraycopy(from, start, to, start, end - start);
    }
  }
}
