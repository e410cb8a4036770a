package io.tallyman.simulator;

/**
 * A container's counters at one moment.
 *
 * @param periods scheduler periods of 100 ms since the limit applies; 0 without a limit
 * @param throttledPeriods those in which it had used up its share
 */
record Usage(
    long atNanos,
    long cpuNanos,
    long hostCpuNanos,
    long periods,
    long throttledPeriods,
    long anonBytes,
    long cacheBytes,
    long peakBytes,
    long rxBytes,
    long txBytes,
    long readBytes,
    long writeBytes,
    int pids) {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long PERIOD_NANOS = 100_000_000L;
  private static final long PAGE_BYTES = 4_096;

  static Usage of(ContainerView view, long atNanos, long hostCpuNanos) {
    Workload load = view.spec().workload();
    double seconds = view.activeNanos() / NANOS_PER_SECOND;
    Double cpuLimit = view.cpuLimit();
    long periods = cpuLimit == null ? 0 : view.activeNanos() / PERIOD_NANOS;
    boolean tight = cpuLimit != null && load.cpuPercent().base() >= cpuLimit * 95;
    long anon = pages(load.memoryBytes().at(seconds));
    long cache = pages(load.cacheBytes().at(seconds));
    Long memoryLimit = view.memoryLimitBytes();
    if (memoryLimit != null) {
      anon = Math.min(anon, memoryLimit);
      cache = Math.min(cache, memoryLimit - anon);
    }
    return new Usage(
        atNanos,
        (long) (load.cpuPercent().sumUntil(seconds) / 100 * NANOS_PER_SECOND),
        hostCpuNanos,
        periods,
        tight ? periods / 2 : 0,
        anon,
        cache,
        pages(load.memoryBytes().base() + load.memoryBytes().swing()) + cache,
        (long) load.rxBytesPerSecond().sumUntil(seconds),
        (long) load.txBytesPerSecond().sumUntil(seconds),
        pages(load.readBytesPerSecond().sumUntil(seconds)),
        pages(load.writeBytesPerSecond().sumUntil(seconds)),
        load.pids());
  }

  long memoryBytes() {
    return anonBytes + cacheBytes;
  }

  private static long pages(double bytes) {
    return (long) bytes / PAGE_BYTES * PAGE_BYTES;
  }
}
