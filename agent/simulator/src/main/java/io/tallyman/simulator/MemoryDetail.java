package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Writes the many keys of {@code memory_stats.stats}, sorted as the engine sends them. */
final class MemoryDetail {

  private static final long SLAB_BYTES = 65_536;

  private MemoryDetail() {}

  static void writeV1(
      JsonGenerator json, Usage usage, long faults, long limitBytes, long swapLimitBytes)
      throws IOException {
    TreeMap<String, Long> values = new TreeMap<>();
    putV1(values, "", usage, faults);
    putV1(values, "total_", usage, faults);
    values.put("hierarchical_memory_limit", limitBytes);
    values.put("hierarchical_memsw_limit", swapLimitBytes);
    write(json, values);
  }

  private static void putV1(Map<String, Long> values, String prefix, Usage usage, long faults) {
    long active = usage.anonBytes() / 4 * 3;
    values.put(prefix + "active_anon", active);
    values.put(prefix + "inactive_anon", usage.anonBytes() - active);
    values.put(prefix + "active_file", 0L);
    values.put(prefix + "inactive_file", usage.cacheBytes());
    values.put(prefix + "cache", usage.cacheBytes());
    values.put(prefix + "rss", usage.anonBytes());
    values.put(prefix + "rss_huge", 0L);
    values.put(prefix + "mapped_file", 0L);
    values.put(prefix + "dirty", 0L);
    values.put(prefix + "writeback", 0L);
    values.put(prefix + "pgfault", faults);
    values.put(prefix + "pgmajfault", 0L);
    values.put(prefix + "pgpgin", faults);
    values.put(prefix + "pgpgout", faults / 2);
    values.put(prefix + "unevictable", 0L);
  }

  static void writeV2(JsonGenerator json, Usage usage, long faults) throws IOException {
    TreeMap<String, Long> values = new TreeMap<>();
    for (String zero : V2_ZEROS) {
      values.put(zero, 0L);
    }
    values.put("anon", usage.anonBytes());
    values.put("active_anon", usage.anonBytes());
    values.put("file", usage.cacheBytes());
    values.put("inactive_file", usage.cacheBytes());
    values.put("kernel_stack", usage.pids() * 16_384L);
    values.put("pgfault", faults);
    values.put("slab", SLAB_BYTES);
    values.put("slab_reclaimable", SLAB_BYTES / 4);
    values.put("slab_unreclaimable", SLAB_BYTES / 4 * 3);
    write(json, values);
  }

  private static final String[] V2_ZEROS = {
    "active_file",
    "anon_thp",
    "file_dirty",
    "file_mapped",
    "file_writeback",
    "inactive_anon",
    "pgactivate",
    "pgdeactivate",
    "pglazyfree",
    "pglazyfreed",
    "pgmajfault",
    "pgrefill",
    "pgscan",
    "pgsteal",
    "shmem",
    "sock",
    "thp_collapse_alloc",
    "thp_fault_alloc",
    "unevictable",
    "workingset_activate",
    "workingset_nodereclaim",
    "workingset_refault"
  };

  private static void write(JsonGenerator json, Map<String, Long> values) throws IOException {
    for (var value : values.entrySet()) {
      json.writeNumberField(value.getKey(), value.getValue());
    }
  }
}
