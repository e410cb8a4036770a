package io.tallyman.query.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One cache and one write budget for all stores of this process: RocksDB's own defaults are for
 * each store of each partition, which grows with the number of partitions.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {

  private static final long CACHE_BYTES = 64L << 20;
  private static final long WRITE_BUFFERS_BYTES = 32L << 20;
  private static final long WRITE_BUFFER_BYTES = 4L << 20;
  private static final long BLOCK_BYTES = 16L << 10;
  private static final double INDEX_AND_FILTER_SHARE = 0.1;
  private static final int AUTOMATIC_SHARD_BITS = -1;

  static {
    RocksDB.loadLibrary();
  }

  private static final Cache CACHE =
      new LRUCache(CACHE_BYTES, AUTOMATIC_SHARD_BITS, false, INDEX_AND_FILTER_SHARE);
  private static final WriteBufferManager WRITE_BUFFERS =
      new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setBlockSize(BLOCK_BYTES);
    table.setCacheIndexAndFilterBlocks(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(WRITE_BUFFERS);
    options.setWriteBufferSize(WRITE_BUFFER_BYTES);
  }

  /** The shared objects live as long as the process. */
  @Override
  public void close(String storeName, Options options) {}
}
