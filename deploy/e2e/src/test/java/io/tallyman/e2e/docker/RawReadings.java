package io.tallyman.e2e.docker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.BlkioStatEntry;
import com.github.dockerjava.api.model.Statistics;
import io.tallyman.v1.BlockIo;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.Network;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/** What the engine itself says of one container, once a second, beside what the agent tells. */
final class RawReadings implements AutoCloseable {

  /** Times of the broker are whole milliseconds. */
  private static final Duration PRECISION = Duration.ofMillis(50);

  /** Kernels count memory in batches of 64 pages a processor, so growth can look a bit uneven. */
  private static final long MEMORY_BATCH_BYTES =
      64L * 4096 * Runtime.getRuntime().availableProcessors();

  private final List<Received> readings = new CopyOnWriteArrayList<>();
  private final ResultCallback.Adapter<Statistics> stream;

  RawReadings(DockerClient engine, String id) {
    stream =
        engine
            .statsCmd(id)
            .exec(
                new ResultCallback.Adapter<>() {
                  @Override
                  public void onNext(Statistics frame) {
                    readings.add(new Received(Counters.of(frame), Instant.now()));
                  }
                });
  }

  /** A reading, and when it was here. */
  private record Received(Counters counters, Instant at) {}

  /** Counters of one reading; an engine notes its time and then reads one after the other. */
  record Counters(
      Instant at, long cpuNanos, long memoryBytes, long rxBytes, long txBytes, long ioBytes) {

    static Counters of(Statistics frame) {
      var cpu = requireNonNull(frame.getCpuStats().getCpuUsage());
      var networks = requireNonNull(frame.getNetworks()).values();
      var io = frame.getBlkioStats().getIoServiceBytesRecursive();
      return new Counters(
          Instant.parse(frame.getRead()),
          requireNonNull(cpu.getTotalUsage()),
          requireNonNull(frame.getMemoryStats().getUsage()),
          networks.stream().mapToLong(net -> net.getRxBytes()).sum(),
          networks.stream().mapToLong(net -> net.getTxBytes()).sum(),
          io == null
              ? 0
              : io.stream()
                  .filter(entry ->
                      List.of("read", "write").contains(entry.getOp().toLowerCase(Locale.ROOT)))
                  .mapToLong(BlkioStatEntry::getValue)
                  .sum());
    }

    static Counters of(ContainerStats stats) {
      var networks = requireNonNull(stats.getNetworks());
      var io = requireNonNull(stats.getBlockIo());
      return new Counters(
          stats.getSampledAt(),
          stats.getCpu().getUsageNanos(),
          stats.getMemory().getUsageBytes(),
          networks.stream().mapToLong(Network::getRxBytes).sum(),
          networks.stream().mapToLong(Network::getTxBytes).sum(),
          io.stream().mapToLong(RawReadings::bytes).sum());
    }
  }

  /** A sample and the engine's readings on both sides of it. */
  record Bracket(Counters before, Counters sample, Counters after) {

    void assertBetween() {
      assertBetween("cpu", Counters::cpuNanos, 0);
      assertBetween("memory", Counters::memoryBytes, MEMORY_BATCH_BYTES);
      assertBetween("rx", Counters::rxBytes, 0);
      assertBetween("tx", Counters::txBytes, 0);
      assertBetween("block I/O", Counters::ioBytes, 0);
    }

    private void assertBetween(String what, ToLongFunction<Counters> counter, long slack) {
      assertThat(counter.applyAsLong(sample))
          .as(what + " of " + this)
          .isBetween(counter.applyAsLong(before) - slack, counter.applyAsLong(after) + slack);
    }
  }

  /**
   * The samples that have readings on both sides by now: one that was here before the sample's
   * time, and one of a time when the broker had the sample. However slow the machine is, the
   * counters of the three were read one after the other.
   */
  List<Bracket> bracketed(List<TopicLog.Stored> samples) {
    var brackets = new ArrayList<Bracket>();
    for (var stored : samples) {
      var sample = Counters.of((ContainerStats) stored.value());
      var before = last(sample.at().minus(PRECISION));
      var after = first(stored.appendedAt().plus(PRECISION));
      if (before.isPresent() && after.isPresent()) {
        brackets.add(new Bracket(before.get(), sample, after.get()));
      }
    }
    return brackets;
  }

  /** How far each counter went from the first of them to the last. */
  static List<Long> moved(List<Bracket> brackets) {
    var first = brackets.getFirst().before();
    var last = brackets.getLast().after();
    return List.of(
        last.cpuNanos() - first.cpuNanos(),
        last.memoryBytes() - first.memoryBytes(),
        last.rxBytes() - first.rxBytes(),
        last.txBytes() - first.txBytes(),
        last.ioBytes() - first.ioBytes());
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private Optional<Counters> last(Instant until) {
    return readings.stream()
        .filter(one -> !one.at().isAfter(until))
        .map(Received::counters)
        .reduce((a, b) -> b);
  }

  private Optional<Counters> first(Instant from) {
    return readings.stream()
        .map(Received::counters)
        .filter(one -> !one.at().isBefore(from))
        .findFirst();
  }

  private static long bytes(BlockIo io) {
    return Objects.requireNonNullElse(io.getReadBytes(), 0L)
        + Objects.requireNonNullElse(io.getWriteBytes(), 0L);
  }
}
