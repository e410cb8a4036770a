package io.tallyman.simulator;

import io.tallyman.simulator.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Docker Engine without Docker: the API on a real socket, over containers that only exist as
 * figures.
 *
 * <p>Safe from any thread. Containers are named by id, unique beginning of the id, or name. What is
 * changed here is logged as the engine logs it, before the call returns. Counters grow within a run
 * of a container and start again with the next, and are in step with the host's, so that the Docker
 * CLI's formula gives the percentage of the container's {@link Workload}.
 */
public final class SimulatedEngine implements AutoCloseable {

  private static final long TICK_MILLIS = 20;

  private final Daemon daemon;
  private final CallCounts calls = new CallCounts();
  private final Faults faults;
  private final Storms storms;
  private final DockerApi api;
  private final SocketAddress address;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable HttpServer server;

  private SimulatedEngine(SimulatorConfig config) throws IOException {
    this.daemon = new Daemon(config);
    this.faults = new Faults(daemon.events());
    this.storms = new Storms(daemon);
    this.api = new DockerApi(daemon, answersOf(config), calls, faults);
    Fleets.populate(daemon, config.scenario());
    HttpServer opened = HttpServer.open(config.endpoint().address(), api);
    this.server = opened;
    this.address = opened.address();
    if (config.ticking()) {
      Thread.ofVirtual().name("simulator-tick").start(this::tick);
    }
  }

  /**
   * Starts an engine; it listens when this returns.
   *
   * @throws UncheckedIOException when its endpoint cannot be bound or a recording cannot be read
   */
  public static SimulatedEngine start(SimulatorConfig config) {
    try {
      return new SimulatedEngine(config);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + config.endpoint(), e);
    }
  }

  /** What goes into {@code DOCKER_HOST}: unix:///PATH or tcp://127.0.0.1:PORT. */
  public URI dockerHost() {
    return address instanceof InetSocketAddress tcp
        ? URI.create("tcp://127.0.0.1:" + tcp.getPort())
        : URI.create("unix://" + address);
  }

  /** How often it was asked for what. */
  public CallCounts calls() {
    return calls;
  }

  /** What goes wrong on purpose. */
  public Faults faults() {
    return faults;
  }

  /** Ids of all containers, the newest first. */
  public List<String> containerIds() {
    return daemon.containers().newestFirst().stream().map(Container::id).toList();
  }

  /** The id of the container of this name. */
  public String idOf(String name) {
    return daemon.containers().find(name).id();
  }

  /** Open event streams. */
  public int eventListeners() {
    return daemon.events().listenerCount();
  }

  /** Events that were lost on listeners that did not keep up. */
  public long droppedEvents() {
    return daemon.events().dropped();
  }

  /** Does what is due by the clock's time; needed only when the engine does not tick by itself. */
  public void advance() {
    daemon.advance();
  }

  /** Creates a container and returns its id. */
  public String create(ContainerSpec spec) {
    return daemon.create(spec);
  }

  /** Creates a container, starts it and returns its id. */
  public String run(ContainerSpec spec) {
    String id = daemon.create(spec);
    daemon.start(id);
    return id;
  }

  public void start(String container) {
    daemon.start(container);
  }

  /** SIGTERM, on which it ends with this exit code: kill, then stop and die. */
  public void stop(String container, int exitCode) {
    daemon.stop(container, exitCode);
  }

  /** A signal on which it ends with this exit code: kill, die. */
  public void kill(String container, int signal, int exitCode) {
    daemon.kill(container, signal, exitCode);
  }

  /** A signal that it survives: kill only. */
  public void signal(String container, int signal) {
    daemon.kill(container, signal, null);
  }

  /** Its main process ends by itself: die, and a new start if its restart policy says so. */
  public void exit(String container, int exitCode) {
    daemon.exit(container, exitCode);
  }

  /** Its main process is killed for want of memory: oom, die with 137. */
  public void oom(String container) {
    daemon.oom(container, true);
  }

  /** A child process is killed for want of memory, the container runs on: oom. */
  public void oomChild(String container) {
    daemon.oom(container, false);
  }

  public void pause(String container) {
    daemon.pause(container);
  }

  public void unpause(String container) {
    daemon.unpause(container);
  }

  public void rename(String container, String newName) {
    daemon.rename(container, newName);
  }

  /** Kill, stop, die with this exit code, start, restart; inspect then says 0. */
  public void restart(String container, int exitCode) {
    daemon.restart(container, exitCode);
  }

  /** Destroy; with {@code force}, when it runs, after kill and die with 137. */
  public void remove(String container, boolean force) {
    daemon.remove(container, force);
  }

  /** Sets its health to starting, healthy or unhealthy, and logs that. */
  public void health(String container, String health) {
    daemon.health(container, health);
  }

  /** Changes limits; null leaves one as it is. */
  public void update(
      String container, @Nullable Double cpus, @Nullable Long memoryBytes, @Nullable Long pids) {
    daemon.update(container, cpus, memoryBytes, pids);
  }

  /** Logs an event of another type, such as a volume's or an image's. */
  public void publish(String type, String action, String actorId, Map<String, String> attributes) {
    daemon.publish(type, action, actorId, attributes);
  }

  /** Runs a health check that many times: three events each that are not the lifecycle's. */
  public void execs(String container, int probes) {
    daemon.execs(container, probes);
  }

  /**
   * Tells of every event that is logged, in order, before anybody can have asked for it.
   *
   * @param observer must be quick: the engine waits for it
   */
  public void observe(Consumer<EngineEvent> observer) {
    daemon.events().observe(observer);
  }

  /** Creates the containers of a storm and lets it rage until {@link #calm()}. */
  public void storm(Storm storm) {
    storms.begin(storm);
  }

  /** Ends all storms; what they have made of the containers stays. */
  public void calm() {
    storms.end();
  }

  /** Cuts all connections in the middle; new ones are welcome. */
  public void cutStreams() {
    HttpServer open = server;
    if (open != null) {
      open.cutConnections();
    }
  }

  /** Restarts the engine: see {@link #restartEngine(Runnable)}. */
  public void restartEngine() {
    restartEngine(() -> {});
  }

  /**
   * Restarts the engine process: {@link #goDown()}, then {@link #comeBack(boolean)} without live
   * restore.
   *
   * @param whileDown done while nobody listens
   * @throws UncheckedIOException when the endpoint cannot be bound again
   */
  public synchronized void restartEngine(Runnable whileDown) {
    goDown();
    try {
      whileDown.run();
    } finally {
      comeBack(false);
    }
  }

  /**
   * The engine process ends: streams end without their last chunk, connections are refused, and
   * what happens to containers is not logged.
   */
  public synchronized void goDown() {
    daemon.events().goDown();
    closeServer();
  }

  /**
   * The engine process is there again, with an empty ring.
   *
   * @param liveRestore true: containers run on, but for those that a test has ended meanwhile;
   *     false: containers that ran have been ended without an event, and those that are to run
   *     always are started
   * @throws UncheckedIOException when the endpoint cannot be bound again
   */
  public synchronized void comeBack(boolean liveRestore) {
    daemon.engineRestarted(liveRestore);
    openServer();
  }

  @Override
  public synchronized void close() {
    closing.countDown();
    closeServer();
  }

  private void openServer() {
    try {
      server = HttpServer.open(address, api);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + address, e);
    }
  }

  private void closeServer() {
    HttpServer open = server;
    server = null;
    if (open != null) {
      open.close();
    }
  }

  private Answers answersOf(SimulatorConfig config) {
    return config.scenario() instanceof Scenario.Recording recording
        ? new RecordedAnswers(recording.directory())
        : new LiveAnswers(daemon);
  }

  private void tick() {
    try {
      while (!closing.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        daemon.advance();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
