package io.tallyman.bench;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.tallyman.agent.engine.DockerEngine;
import io.tallyman.agent.engine.DockerJavaEngine;
import io.tallyman.agent.engine.EngineEndpoint;
import io.tallyman.agent.engine.EngineInfo;
import io.tallyman.agent.inventory.Inventory;
import io.tallyman.agent.inventory.LabelPolicy;
import io.tallyman.agent.inventory.Selection;
import io.tallyman.agent.stats.EngineSampler;
import io.tallyman.agent.stats.SamplerSettings;
import io.tallyman.agent.stats.StatsOutput;
import io.tallyman.agent.stats.Ticker;
import io.tallyman.v1.ContainerStats;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A way to read many containers once. Used by one thread. */
interface Sweep extends AutoCloseable {

  /** Reads each of the containers once; returns how many were read. */
  int readAll(List<String> containers);

  /** How it went about it. */
  default String note() {
    return "";
  }

  @Override
  default void close() {}

  /** Reads nothing: what the engine costs by itself. */
  static Sweep idle() {
    return containers -> 0;
  }

  /** One call per container, so many at a time. */
  final class Calls implements Sweep {

    private static final int MAX_CONNECTIONS = 4_096;

    private final DockerHttpClient client;
    private final String query;
    private final Semaphore places;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Calls(URI dockerHost, String query, int concurrency) {
      this.client =
          new ZerodepDockerHttpClient.Builder()
              .dockerHost(dockerHost)
              .maxConnections(MAX_CONNECTIONS)
              .build();
      this.query = query;
      this.places = new Semaphore(concurrency);
    }

    @Override
    public int readAll(List<String> containers) {
      List<Future<Integer>> calls =
          containers.stream().map(id -> threads.submit(() -> read(id))).toList();
      int read = 0;
      for (Future<Integer> call : calls) {
        try {
          read += call.get();
        } catch (InterruptedException | ExecutionException e) {
          throw new BenchException("a reading failed", e);
        }
      }
      return read;
    }

    private int read(String id) throws IOException, InterruptedException {
      DockerHttpClient.Request request =
          DockerHttpClient.Request.builder()
              .method(DockerHttpClient.Request.Method.GET)
              .path("/v1.41/containers/" + id + "/stats?" + query)
              .build();
      places.acquire();
      try (DockerHttpClient.Response response = client.execute(request);
          InputStream body = response.getBody()) {
        body.transferTo(OutputStream.nullOutputStream());
        return response.getStatusCode() == 200 ? 1 : 0;
      } finally {
        places.release();
      }
    }

    @Override
    public void close() {
      threads.close();
      try {
        client.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What the agent does: its own sampler, which chooses between calls and streams. */
  final class Agents implements Sweep, StatsOutput, Ticker {

    private static final Duration WAIT = Duration.ofSeconds(20);

    private final DockerEngine engine;
    private final EngineSampler sampler;
    private final Semaphore readings = new Semaphore(0);
    private volatile @Nullable Consumer<Tick> onTick;

    Agents(URI dockerHost, List<String> containers, Duration interval) {
      engine = new DockerJavaEngine(EngineEndpoint.of(dockerHost));
      EngineInfo info = engine.info();
      LabelPolicy noLabels = new LabelPolicy(List.of(), false, 0, List.of());
      Inventory inventory = new Inventory(noLabels, Selection.ALL);
      engine.list().stream().filter(row -> containers.contains(row.id())).forEach(inventory::learn);
      sampler =
          new EngineSampler(
              engine, inventory, () -> info, new SamplerSettings(interval, false), this, this);
      sampler.start();
    }

    @Override
    public int readAll(List<String> containers) {
      readings.drainPermits();
      Consumer<Tick> callback = onTick;
      if (callback == null) {
        return 0;
      }
      callback.accept(new Tick(Instant.now(), 0));
      try {
        boolean all =
            readings.tryAcquire(containers.size(), WAIT.toMillis(), TimeUnit.MILLISECONDS);
        return all ? containers.size() : readings.drainPermits();
      } catch (InterruptedException e) {
        throw new BenchException("interrupted", e);
      }
    }

    @Override
    public String note() {
      return sampler.source();
    }

    @Override
    public void start(Consumer<Tick> callback) {
      onTick = callback;
    }

    @Override
    public void reading(ContainerStats.Builder stats) {
      readings.release();
    }

    @Override
    public void ticksMissed(Instant from, Instant to, long ticks) {}

    @Override
    public void sweepsFailed(Instant from, Instant to, long lost) {}

    @Override
    public void close() {
      if (onTick != null) {
        onTick = null;
        sampler.close();
        engine.close();
      }
    }
  }
}
