package io.tallyman.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.SubstituteLogger;

class EngineTransportTest {

  private static final String TOO_NEW =
      "{\"message\":\"client version 1.51 is too new. Maximum supported API version is 1.43\"}";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String VERSION =
      "{\"Version\":\"28.5\",\"ApiVersion\":\"1.51\",\"MinAPIVersion\":\"1.24\"}";

  @TempDir private Path directory;

  @Test
  void aCallThatHangsIsCutAndItsConnectionClosed() throws Exception {
    Path socket = directory.resolve("hung.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        EngineTransport transport =
            new EngineTransport(EngineEndpoint.of(URI.create("unix://" + socket)))) {
      server.bind(UnixDomainSocketAddress.of(socket));
      CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> readToEnd(server));

      assertThatThrownBy(() -> transport.call("/info", Duration.ofMillis(300), body -> 1))
          .isInstanceOf(EngineException.Unreachable.class)
          .hasMessageContaining("no answer to /info within 300 ms");

      assertThat(end.get(30, TimeUnit.SECONDS)).as("read after the request").isEqualTo(-1);
    }
  }

  @Test
  void aBodyThatDripsIsCutToo() throws Exception {
    HttpServer server = server();
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("{\"a\":".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
        });
    server.start();
    try (EngineTransport transport = new EngineTransport(endpointOf(server))) {
      assertThatThrownBy(() -> transport.call("/info", Duration.ofMillis(500), StatsParser::parse))
          .isInstanceOf(EngineException.Unreachable.class)
          .hasMessageContaining("within");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aConnectionIsKeptForTheNextCall() throws Exception {
    HttpServer server = server();
    Set<Integer> ports = ConcurrentHashMap.newKeySet();
    server.createContext("/version", exchange -> answer(exchange, 200, VERSION));
    server.createContext(
        "/v1.51",
        exchange -> {
          ports.add(exchange.getRemoteAddress().getPort());
          answer(exchange, 200, "[]");
        });
    server.start();
    try (DockerJavaEngine engine = new DockerJavaEngine(endpointOf(server))) {
      for (int i = 0; i < 5; i++) {
        engine.list();
      }
    } finally {
      server.stop(0);
    }
    assertThat(ports).hasSize(1);
  }

  @Test
  void nothingIsAskedWhileTheClientWouldPrintTheAnswer() {
    assertThatThrownBy(() -> EngineTransport.refuseToBeLogged(new DebugLogger()))
        .isInstanceOf(EngineException.Unexpected.class)
        .hasMessageContaining("wire is at DEBUG");
    EngineTransport.refuseToBeLogged(NOPLogger.NOP_LOGGER);
  }

  @Test
  void aMissingSocketIsNamed() {
    Path socket = directory.resolve("none.sock");
    try (DockerJavaEngine engine =
        new DockerJavaEngine(EngineEndpoint.of(URI.create("unix://" + socket)))) {
      assertThatThrownBy(engine::info)
          .isInstanceOf(EngineException.Unreachable.class)
          .hasMessageContaining(socket + " does not exist");
    }
  }

  @Test
  void aSocketThatNobodyListensOnIsNamed() throws Exception {
    Path socket = directory.resolve("left.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    try (DockerJavaEngine engine =
        new DockerJavaEngine(EngineEndpoint.of(URI.create("unix://" + socket)))) {
      assertThatThrownBy(engine::info)
          .isInstanceOf(EngineException.Unreachable.class)
          .hasMessageContaining("nobody listens on the socket " + socket);
    }
  }

  @Test
  void aRefusedConnectionIsNamed() throws Exception {
    // Nobody else can listen there meanwhile.
    try (Socket bound = new Socket()) {
      bound.bind(loopback());
      EngineEndpoint endpoint =
          EngineEndpoint.of(URI.create("tcp://127.0.0.1:" + bound.getLocalPort()));
      try (DockerJavaEngine engine = new DockerJavaEngine(endpoint)) {
        assertThatThrownBy(engine::info)
            .isInstanceOf(EngineException.Unreachable.class)
            .hasMessageContaining(endpoint.host() + " refuses connections");
      }
    }
  }

  @Test
  void statusesBecomeTheTypesThatSayWhatToDo() throws Exception {
    assertThat(failureOf(403))
        .isInstanceOf(EngineException.Forbidden.class)
        .hasMessageContaining("proxy");
    assertThat(failureOf(404))
        .isInstanceOf(EngineException.NotFound.class)
        .hasMessageContaining("no luck");
    assertThat(failureOf(500))
        .isInstanceOf(EngineException.Unexpected.class)
        .hasMessageContaining("500");
    assertThat(failureOf(503)).isInstanceOf(EngineException.Unreachable.class);
  }

  @Test
  void theVersionIsAgreedOnAnewAfterTheEngineRefusedIt() throws Exception {
    HttpServer server = server();
    String[] offered = {VERSION};
    List<String> asked = new CopyOnWriteArrayList<>();
    server.createContext("/version", exchange -> answer(exchange, 200, offered[0]));
    server.createContext(
        "/v",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          boolean old = exchange.getRequestURI().getPath().startsWith("/v1.51");
          boolean refused = old && !offered[0].equals(VERSION);
          answer(exchange, refused ? 400 : 200, refused ? TOO_NEW : "[]");
        });
    server.start();
    try (DockerJavaEngine engine = new DockerJavaEngine(endpointOf(server))) {
      assertThat(engine.list()).isEmpty();
      offered[0] = VERSION.replace("1.51", "1.43");
      assertThatThrownBy(engine::list).isInstanceOf(EngineException.Unexpected.class);
      assertThat(engine.list()).isEmpty();
    } finally {
      server.stop(0);
    }
    assertThat(asked)
        .containsExactly(
            "/v1.51/containers/json", "/v1.51/containers/json", "/v1.43/containers/json");
  }

  @Test
  void tlsWithClientCertificatesWorksAndIsRequired() throws Exception {
    KeyStore own = selfSigned();
    Path cert = pem("cert.pem", "CERTIFICATE", own.getCertificate("it").getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", own.getKey("it", PASSWORD).getEncoded());
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(mutual(own));
    server.createContext("/version", exchange -> answer(exchange, 200, VERSION));
    server.createContext("/v1.51/containers/json", exchange -> answer(exchange, 200, "[]"));
    server.start();
    URI host = URI.create("tcp://localhost:" + server.getAddress().getPort());
    try (DockerJavaEngine known = new DockerJavaEngine(new EngineEndpoint(host, cert, cert, key));
        DockerJavaEngine stranger =
            new DockerJavaEngine(new EngineEndpoint(host, cert, null, null));
        DockerJavaEngine distrusting =
            new DockerJavaEngine(new EngineEndpoint(host, null, cert, key))) {
      assertThat(known.list()).isEmpty();
      assertThatThrownBy(stranger::list).isInstanceOf(EngineException.Unreachable.class);
      assertThatThrownBy(distrusting::list)
          .isInstanceOf(EngineException.Unreachable.class)
          .hasMessageContaining("tallyman.docker.tls.ca");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aKeyThatIsNoneIsNamed() throws Exception {
    Path cert = pem("c.pem", "CERTIFICATE", selfSigned().getCertificate("it").getEncoded());
    Path key = Files.writeString(directory.resolve("k.pem"), "-----BEGIN RSA PRIVATE KEY-----");
    EngineEndpoint endpoint = new EngineEndpoint(URI.create("tcp://localhost"), cert, cert, key);

    assertThatThrownBy(() -> new DockerJavaEngine(endpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key.toString())
        .hasMessageContaining("openssl pkcs8");
  }

  private static final char[] PASSWORD = "changeit".toCharArray();

  private EngineException failureOf(int status) throws IOException {
    HttpServer server = server();
    server.createContext("/version", exchange -> answer(exchange, 200, VERSION));
    server.createContext(
        "/v1.51", exchange -> answer(exchange, status, "{\"message\":\"no luck\"}"));
    server.start();
    try (DockerJavaEngine engine = new DockerJavaEngine(endpointOf(server))) {
      engine.inspect("c1", TIMEOUT);
      throw new AssertionError(status + " was taken for an answer");
    } catch (EngineException e) {
      return e;
    } finally {
      server.stop(0);
    }
  }

  private static int readToEnd(ServerSocketChannel server) {
    try (SocketChannel client = server.accept()) {
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      client.read(buffer);
      buffer.clear();
      return client.read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static HttpServer server() throws IOException {
    return HttpServer.create(loopback(), 0);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static EngineEndpoint endpointOf(HttpServer server) {
    return EngineEndpoint.of(URI.create("tcp://127.0.0.1:" + server.getAddress().getPort()));
  }

  private static HttpsConfigurator mutual(KeyStore own) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("it", own.getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters params) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setNeedClientAuth(true);
        params.setSSLParameters(parameters);
      }
    };
  }

  private KeyStore selfSigned() throws Exception {
    Path file = directory.resolve("it.p12");
    Files.deleteIfExists(file);
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private Path pem(String name, String kind, byte[] encoded) throws IOException {
    String body = Base64.getMimeEncoder().encodeToString(encoded);
    return Files.writeString(
        directory.resolve(name),
        "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  private static final class DebugLogger extends SubstituteLogger {
    private DebugLogger() {
      super("wire", new ArrayDeque<>(), true);
    }

    @Override
    public boolean isDebugEnabled() {
      return true;
    }
  }
}
