package io.tallyman.sink.mongodb;

import com.mongodb.ConnectionString;
import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.tallyman.testkit.Images;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * A server to test with, one for all test classes of a JVM.
 *
 * @param bulkSize most operations that it takes at once
 * @param manySamples what it gets through in a reasonable time
 */
record TestServer(String name, ConnectionString uri, int bulkSize, int manySamples) {

  private static final Logger log = LoggerFactory.getLogger(TestServer.class);

  /** Given by who has a server; small bulks, because not each of them answers to large ones. */
  private static final String VARIABLE = "TALLYMAN_TEST_MONGODB_URI";

  private static final String IMAGE = "mongo:7.0";
  private static final int PORT = 27_017;
  private static final int SMALL_BULK = 50;
  private static final int LARGE_BULK = 5_000;
  private static final int FEW_SAMPLES = 600;
  private static final int MANY_SAMPLES = 50_000;

  /** For a server that is there, on a machine that may stall for seconds. */
  private static final int PATIENCE_MILLIS = 10_000;

  /** For one that is not. */
  private static final int IMPATIENCE_MILLIS = 1_000;

  private static final List<TestServer> ALL = find();

  /**
   * mongo-java-server always, and one that the environment names, or else MongoDB in a container.
   */
  static List<TestServer> all() {
    return ALL;
  }

  /** One whose documents are in a file and not in memory. */
  static TestServer onDisk(Path file) {
    return inThisProcess("mongo-java-server on disk", new H2Backend(file.toString()));
  }

  private static TestServer inThisProcess(String name, MongoBackend backend) {
    return new TestServer(
        name,
        new ConnectionString(new MongoServer(backend).bindAndGetConnectionString()),
        LARGE_BULK,
        MANY_SAMPLES);
  }

  private static List<TestServer> find() {
    var inThisProcess = inThisProcess("mongo-java-server", new MemoryBackend());
    var other = given().or(TestServer::inContainer);
    var all = Stream.concat(Stream.of(inThisProcess), other.stream()).toList();
    log.info("The MongoDB sink is tested against {}", all.stream().map(TestServer::name).toList());
    return all;
  }

  private static Optional<TestServer> given() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .filter(uri -> !uri.isBlank())
        .map(uri ->
            new TestServer(
                "the server of " + VARIABLE, new ConnectionString(uri), SMALL_BULK, FEW_SAMPLES));
  }

  /** MongoDB itself, where its image can be had; ends with this JVM. */
  @SuppressWarnings("resource")
  private static Optional<TestServer> inContainer() {
    if (!Images.canUse(IMAGE)) {
      return Optional.empty();
    }
    var container = new GenericContainer<>(IMAGE).withExposedPorts(PORT);
    container.start();
    Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
    var uri = "mongodb://%s:%d/".formatted(container.getHost(), container.getMappedPort(PORT));
    return Optional.of(new TestServer(IMAGE, new ConnectionString(uri), LARGE_BULK, MANY_SAMPLES));
  }

  InetSocketAddress address() {
    var host = uri.getHosts().getFirst();
    int colon = host.lastIndexOf(':');
    return colon < 0
        ? new InetSocketAddress(host, 27017)
        : new InetSocketAddress(
            host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
  }

  /** The URI by another way to the server, which is not to be asked for better ones. */
  String through(Gate gate) {
    var text = uri.getConnectionString().replace(uri.getHosts().getFirst(), gate.address());
    return text
        + (text.contains("?") ? "&" : text.matches("mongodb://[^/]+/.*") ? "?" : "/?")
        + "directConnection=true&serverSelectionTimeoutMS="
        + (gate.isOpen() ? PATIENCE_MILLIS : IMPATIENCE_MILLIS);
  }

  @Override
  public String toString() {
    return name;
  }
}
