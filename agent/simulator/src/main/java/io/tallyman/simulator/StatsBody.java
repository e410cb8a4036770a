package io.tallyman.simulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes stats bodies in the shapes that real engines send on cgroup v1 and v2. */
final class StatsBody {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String YEAR_ONE = "0001-01-01T00:00:00Z";
  private static final String UNLIMITED_UINT64 = "18446744073709551615";
  private static final long V1_UNLIMITED_BYTES = 9_223_372_036_854_771_712L;
  private static final long SYSTEMD_TASKS_MAX = 4_677;
  private static final int DISK_MAJOR = 254;
  private static final List<String> BLOCK_IO_LISTS =
      List.of(
          "io_queue_recursive",
          "io_service_time_recursive",
          "io_wait_time_recursive",
          "io_merged_recursive",
          "io_time_recursive",
          "sectors_recursive");

  private final EngineProfile profile;
  private final int cpus;
  private final long hostMemoryBytes;

  StatsBody(SimulatorConfig config) {
    this.profile = config.profile();
    this.cpus = config.cpus();
    this.hostMemoryBytes = config.memoryBytes();
  }

  /** What is sent for a container that does not run: zeros of the year one. */
  byte[] stopped(ContainerView view) {
    return write(json -> {
      writeIdentity(json, view, profile.nameFirst());
      json.writeStringField("read", YEAR_ONE);
      json.writeStringField("preread", YEAR_ONE);
      json.writeObjectFieldStart("pids_stats");
      json.writeEndObject();
      json.writeObjectFieldStart("blkio_stats");
      json.writeNullField("io_service_bytes_recursive");
      json.writeNullField("io_serviced_recursive");
      writeOtherBlockIo(json, true);
      json.writeEndObject();
      writeBetween(json);
      writeNoCpu(json, "cpu_stats");
      writeNoCpu(json, "precpu_stats");
      json.writeObjectFieldStart("memory_stats");
      json.writeEndObject();
      writeIdentity(json, view, !profile.nameFirst());
    });
  }

  /**
   * A reading.
   *
   * @param previous null for a first reading
   * @param networkUsage the counters of the container whose interfaces are shown; null: none
   * @param named whether id and name are told
   */
  byte[] running(
      ContainerView view,
      Usage usage,
      @Nullable Usage previous,
      @Nullable Usage networkUsage,
      boolean named) {
    return write(json -> {
      writeIdentity(json, view, named && profile.nameFirst());
      json.writeStringField("read", Times.rfc3339(usage.atNanos()));
      json.writeStringField(
          "preread", previous == null ? YEAR_ONE : Times.rfc3339(previous.atNanos()));
      writePids(json, view, usage);
      writeBlockIo(json, usage);
      writeBetween(json);
      writeCpu(json, "cpu_stats", usage);
      if (previous == null) {
        writeNoCpu(json, "precpu_stats");
      } else {
        writeCpu(json, "precpu_stats", previous);
      }
      writeMemory(json, view, usage);
      writeIdentity(json, view, named && !profile.nameFirst());
      if (networkUsage != null) {
        writeNetwork(json, networkUsage);
      }
    });
  }

  private static void writeIdentity(JsonGenerator json, ContainerView view, boolean now)
      throws IOException {
    if (now) {
      json.writeStringField("name", "/" + view.name());
      json.writeStringField("id", view.id());
    }
  }

  private static void writeBetween(JsonGenerator json) throws IOException {
    json.writeNumberField("num_procs", 0);
    json.writeObjectFieldStart("storage_stats");
    json.writeEndObject();
  }

  private void writePids(JsonGenerator json, ContainerView view, Usage usage) throws IOException {
    json.writeObjectFieldStart("pids_stats");
    json.writeNumberField("current", usage.pids());
    if (view.pidsLimit() != null) {
      json.writeNumberField("limit", view.pidsLimit());
    } else if (isV2()) {
      json.writeFieldName("limit");
      boolean systemd = profile.cgroupDriver().equals("systemd");
      json.writeRawValue(systemd ? Long.toString(SYSTEMD_TASKS_MAX) : UNLIMITED_UINT64);
    }
    json.writeEndObject();
  }

  private void writeBlockIo(JsonGenerator json, Usage usage) throws IOException {
    json.writeObjectFieldStart("blkio_stats");
    boolean used = usage.readBytes() + usage.writeBytes() > 0;
    if (isV2()) {
      if (used) {
        json.writeArrayFieldStart("io_service_bytes_recursive");
        writeBlockIoEntry(json, "read", usage.readBytes());
        writeBlockIoEntry(json, "write", usage.writeBytes());
        json.writeEndArray();
      } else {
        json.writeNullField("io_service_bytes_recursive");
      }
      json.writeNullField("io_serviced_recursive");
    } else {
      writeV1BlockIo(json, "io_service_bytes_recursive", used, usage, 1);
      writeV1BlockIo(json, "io_serviced_recursive", used, usage, 4_096);
    }
    writeOtherBlockIo(json, isV2());
    json.writeEndObject();
  }

  private static void writeV1BlockIo(
      JsonGenerator json, String field, boolean used, Usage usage, long unit) throws IOException {
    json.writeArrayFieldStart(field);
    if (used) {
      long read = usage.readBytes() / unit;
      long written = usage.writeBytes() / unit;
      writeBlockIoEntry(json, "Read", read);
      writeBlockIoEntry(json, "Write", written);
      writeBlockIoEntry(json, "Sync", read + written);
      writeBlockIoEntry(json, "Async", 0);
      writeBlockIoEntry(json, "Discard", 0);
      writeBlockIoEntry(json, "Total", read + written);
    }
    json.writeEndArray();
  }

  private static void writeBlockIoEntry(JsonGenerator json, String op, long value)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("major", DISK_MAJOR);
    json.writeNumberField("minor", 0);
    json.writeStringField("op", op);
    json.writeNumberField("value", value);
    json.writeEndObject();
  }

  private static void writeOtherBlockIo(JsonGenerator json, boolean asNull) throws IOException {
    for (String list : BLOCK_IO_LISTS) {
      if (asNull) {
        json.writeNullField(list);
      } else {
        json.writeArrayFieldStart(list);
        json.writeEndArray();
      }
    }
  }

  private static void writeNoCpu(JsonGenerator json, String field) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeObjectFieldStart("cpu_usage");
    json.writeNumberField("total_usage", 0);
    json.writeNumberField("usage_in_kernelmode", 0);
    json.writeNumberField("usage_in_usermode", 0);
    json.writeEndObject();
    writeThrottling(json, 0, 0, 0);
    json.writeEndObject();
  }

  private void writeCpu(JsonGenerator json, String field, Usage usage) throws IOException {
    long grain = isV2() ? 1_000 : 10_000_000;
    long kernel = (long) (usage.cpuNanos() * 0.3) / grain * grain;
    long total = isV2() ? usage.cpuNanos() / 1_000 * 1_000 : usage.cpuNanos();
    json.writeObjectFieldStart(field);
    json.writeObjectFieldStart("cpu_usage");
    json.writeNumberField("total_usage", total);
    if (!isV2()) {
      json.writeArrayFieldStart("percpu_usage");
      for (int cpu = 0; cpu < cpus; cpu++) {
        json.writeNumber(total / cpus + (cpu == 0 ? total % cpus : 0));
      }
      json.writeEndArray();
    }
    json.writeNumberField("usage_in_kernelmode", kernel);
    json.writeNumberField("usage_in_usermode", (total - kernel) / grain * grain);
    json.writeEndObject();
    json.writeNumberField("system_cpu_usage", usage.hostCpuNanos());
    json.writeNumberField("online_cpus", cpus);
    writeThrottling(
        json, usage.periods(), usage.throttledPeriods(), usage.throttledPeriods() * 20_000_000L);
    json.writeEndObject();
  }

  private static void writeThrottling(JsonGenerator json, long periods, long throttled, long nanos)
      throws IOException {
    json.writeObjectFieldStart("throttling_data");
    json.writeNumberField("periods", periods);
    json.writeNumberField("throttled_periods", throttled);
    json.writeNumberField("throttled_time", nanos);
    json.writeEndObject();
  }

  private void writeMemory(JsonGenerator json, ContainerView view, Usage usage) throws IOException {
    Long limit = view.memoryLimitBytes();
    json.writeObjectFieldStart("memory_stats");
    json.writeNumberField("usage", usage.memoryBytes());
    if (!isV2()) {
      json.writeNumberField("max_usage", Math.max(usage.memoryBytes(), usage.peakBytes()));
    }
    json.writeObjectFieldStart("stats");
    long faults = 800 + usage.anonBytes() / 4_096;
    if (isV2()) {
      MemoryDetail.writeV2(json, usage, faults);
    } else {
      long v1Limit = limit == null ? V1_UNLIMITED_BYTES : limit;
      MemoryDetail.writeV1(json, usage, faults, v1Limit, limit == null ? v1Limit : limit * 2);
    }
    json.writeEndObject();
    if (view.oomEvents() > 0) {
      json.writeNumberField("failcnt", view.oomEvents());
    }
    json.writeNumberField("limit", limit == null ? hostMemoryBytes : limit);
    json.writeEndObject();
  }

  private static void writeNetwork(JsonGenerator json, Usage usage) throws IOException {
    json.writeObjectFieldStart("networks");
    json.writeObjectFieldStart("eth0");
    writeDirection(json, "rx", usage.rxBytes());
    writeDirection(json, "tx", usage.txBytes());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeDirection(JsonGenerator json, String prefix, long bytes)
      throws IOException {
    json.writeNumberField(prefix + "_bytes", bytes);
    json.writeNumberField(prefix + "_packets", bytes / 700);
    json.writeNumberField(prefix + "_errors", 0);
    json.writeNumberField(prefix + "_dropped", 0);
  }

  private boolean isV2() {
    return profile.cgroupVersion() == 2;
  }

  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private static byte[] write(Content content) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(2_560);
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }
}
