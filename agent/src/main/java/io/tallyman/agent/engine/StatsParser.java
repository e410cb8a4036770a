package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tallyman.agent.engine.StatsReading.BlockIoEntry;
import io.tallyman.agent.engine.StatsReading.CpuCounters;
import io.tallyman.agent.engine.StatsReading.MemoryCounters;
import io.tallyman.agent.engine.StatsReading.NetworkCounters;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns one body of {@code GET /containers/{id}/stats} into a reading. */
final class StatsParser {

  private @Nullable Instant readAt;
  private @Nullable CpuCounters cpu;
  private @Nullable MemoryCounters memory;
  private @Nullable Long pidsCurrent;
  private @Nullable Long pidsLimit;
  private final Map<String, NetworkCounters> networks = new LinkedHashMap<>();
  private final List<BlockIoEntry> blockIo = new ArrayList<>();

  private StatsParser() {}

  /** Reads the object that the parser is at. */
  static StatsReading parse(JsonParser parser) throws IOException {
    StatsParser body = new StatsParser();
    Json.object(parser, body::field);
    return new StatsReading(
        body.readAt,
        body.cpu,
        body.memory,
        Collections.unmodifiableMap(body.networks),
        List.copyOf(body.blockIo),
        body.pidsCurrent,
        body.pidsLimit);
  }

  private void field(String name, JsonParser value) throws IOException {
    switch (name) {
      case "read" -> readAt = Json.time(value);
      case "cpu_stats" -> cpu = cpu(value);
      case "memory_stats" -> memory = memory(value);
      case "networks" -> Json.object(value, (nic, at) -> networks.put(nic, network(at)));
      case "blkio_stats" -> Json.object(value, this::blockIoField);
      case "pids_stats" -> Json.object(value, this::pidsField);
      default -> {}
    }
  }

  private void pidsField(String name, JsonParser value) throws IOException {
    switch (name) {
      case "current" -> pidsCurrent = Json.number(value);
      case "limit" -> pidsLimit = Json.number(value);
      default -> {}
    }
  }

  private void blockIoField(String name, JsonParser value) throws IOException {
    switch (name) {
      case "io_service_bytes_recursive" -> blockIoList(value, BlockIoEntry.Kind.BYTES);
      case "io_serviced_recursive" -> blockIoList(value, BlockIoEntry.Kind.OPERATIONS);
      default -> {}
    }
  }

  private void blockIoList(JsonParser value, BlockIoEntry.Kind kind) throws IOException {
    Json.array(
        value,
        element -> {
          BlockIoFields entry = new BlockIoFields();
          Json.object(element, entry::field);
          if (entry.major != null && entry.minor != null && entry.value != null) {
            blockIo.add(new BlockIoEntry(kind, entry.major, entry.minor, entry.op, entry.value));
          }
        });
  }

  private static @Nullable CpuCounters cpu(JsonParser value) throws IOException {
    if (value.currentToken() != JsonToken.START_OBJECT) {
      return null;
    }
    CpuFields cpu = new CpuFields();
    Json.object(value, cpu::field);
    return new CpuCounters(
        cpu.total,
        cpu.user,
        cpu.kernel,
        List.copyOf(cpu.perCpu),
        cpu.system,
        cpu.online,
        cpu.periods,
        cpu.throttledPeriods,
        cpu.throttledTime);
  }

  private static @Nullable MemoryCounters memory(JsonParser value) throws IOException {
    if (value.currentToken() != JsonToken.START_OBJECT) {
      return null;
    }
    MemoryFields memory = new MemoryFields();
    Json.object(value, memory::field);
    return memory.empty
        ? null
        : new MemoryCounters(
            memory.usage, memory.maxUsage, memory.limit, memory.failCount, memory.stats);
  }

  private static NetworkCounters network(JsonParser value) throws IOException {
    Map<String, Long> counters = Json.numbers(value);
    return new NetworkCounters(
        counters.get("rx_bytes"),
        counters.get("rx_packets"),
        counters.get("rx_errors"),
        counters.get("rx_dropped"),
        counters.get("tx_bytes"),
        counters.get("tx_packets"),
        counters.get("tx_errors"),
        counters.get("tx_dropped"));
  }

  private static final class CpuFields {
    private @Nullable Long total;
    private @Nullable Long user;
    private @Nullable Long kernel;
    private @Nullable Long system;
    private @Nullable Integer online;
    private @Nullable Long periods;
    private @Nullable Long throttledPeriods;
    private @Nullable Long throttledTime;
    private final List<Long> perCpu = new ArrayList<>();

    private void field(String name, JsonParser value) throws IOException {
      switch (name) {
        case "cpu_usage" -> Json.object(value, this::usageField);
        case "system_cpu_usage" -> system = Json.number(value);
        case "online_cpus" -> online = Json.integer(value);
        case "throttling_data" -> Json.object(value, this::throttlingField);
        default -> {}
      }
    }

    private void usageField(String name, JsonParser value) throws IOException {
      switch (name) {
        case "total_usage" -> total = Json.number(value);
        case "usage_in_usermode" -> user = Json.number(value);
        case "usage_in_kernelmode" -> kernel = Json.number(value);
        case "percpu_usage" ->
            Json.array(
                value,
                element -> {
                  Long nanos = Json.number(element);
                  perCpu.add(nanos == null ? 0L : nanos);
                });
        default -> {}
      }
    }

    private void throttlingField(String name, JsonParser value) throws IOException {
      switch (name) {
        case "periods" -> periods = Json.number(value);
        case "throttled_periods" -> throttledPeriods = Json.number(value);
        case "throttled_time" -> throttledTime = Json.number(value);
        default -> {}
      }
    }
  }

  private static final class MemoryFields {
    private boolean empty = true;
    private @Nullable Long usage;
    private @Nullable Long maxUsage;
    private @Nullable Long limit;
    private @Nullable Long failCount;
    private Map<String, Long> stats = Map.of();

    private void field(String name, JsonParser value) throws IOException {
      empty = false;
      switch (name) {
        case "usage" -> usage = Json.number(value);
        case "max_usage" -> maxUsage = Json.number(value);
        case "limit" -> limit = Json.number(value);
        case "failcnt" -> failCount = Json.number(value);
        case "stats" -> stats = Map.copyOf(Json.numbers(value));
        default -> {}
      }
    }
  }

  private static final class BlockIoFields {
    private @Nullable Long major;
    private @Nullable Long minor;
    private @Nullable Long value;
    private String op = "";

    private void field(String name, JsonParser at) throws IOException {
      switch (name) {
        case "major" -> major = Json.number(at);
        case "minor" -> minor = Json.number(at);
        case "op" -> op = Json.textOrEmpty(at);
        case "value" -> value = Json.number(at);
        default -> {}
      }
    }
  }
}
