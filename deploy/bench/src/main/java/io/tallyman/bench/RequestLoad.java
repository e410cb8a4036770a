package io.tallyman.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;

/** Asks at a fixed rate, whether answers come or not. */
final class RequestLoad implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int OK = 200;

  private final URI base;
  private final HttpClient client = HttpClient.newHttpClient();

  RequestLoad(URI base) {
    this.base = base;
  }

  /** Microseconds from the moment a request was due to the last byte of its answer. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Measured(double[] micros, int failed) {

    Measured and(Measured other) {
      return new Measured(
          DoubleStream.concat(DoubleStream.of(micros), DoubleStream.of(other.micros)).toArray(),
          failed + other.failed);
    }

    Quantiles latency() {
      return Quantiles.of(micros);
    }
  }

  void awaitReady(Duration atMost) {
    long begun = System.nanoTime();
    while (status("/health/readiness") != OK) {
      if (System.nanoTime() - begun > atMost.toNanos()) {
        throw new BenchException("the query service did not become ready");
      }
      Pause.millis(100);
    }
  }

  /** The body, whatever the status. */
  byte[] get(String path) {
    return send(path).body();
  }

  Measured run(String path, int rate, Duration length) {
    ConcurrentLinkedQueue<Double> micros = new ConcurrentLinkedQueue<>();
    AtomicInteger failed = new AtomicInteger();
    List<Thread> running = new ArrayList<>();
    long begun = System.nanoTime();
    long count = length.toMillis() * rate / 1000;
    for (int i = 0; i < count; i++) {
      long due = begun + i * 1_000_000_000L / rate;
      Pause.untilNanos(due);
      running.add(
          Thread.startVirtualThread(() -> {
            if (status(path) != OK) {
              failed.incrementAndGet();
            }
            micros.add((System.nanoTime() - due) / 1e3);
          }));
    }
    for (Thread each : running) {
      try {
        each.join();
      } catch (InterruptedException e) {
        throw new BenchException("interrupted", e);
      }
    }
    return new Measured(micros.stream().mapToDouble(Double::doubleValue).toArray(), failed.get());
  }

  private int status(String path) {
    return send(path).statusCode();
  }

  private HttpResponse<byte[]> send(String path) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new BenchException("the query service does not answer", e);
    } catch (InterruptedException e) {
      throw new BenchException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
