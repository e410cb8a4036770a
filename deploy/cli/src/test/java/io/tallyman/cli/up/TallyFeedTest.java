package io.tallyman.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.tallyman.query.QueryAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TallyFeedTest {

  private static final String CONTAINERS = "/api/v1/containers?state=all&limit=1000";
  private static final String EVENTS = "/api/v1/events?limit=50";

  private static final String PASSWORD = "only for this test";

  /** The feed itself waits a few seconds only, in which a busy machine may not shake hands. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private String wanted = "null";
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private HttpServer service;
  private TallyFeed feed;

  @TempDir Path directory;

  @BeforeEach
  void serve() throws IOException {
    answers.put("/api/v1/service", "{'state':'RUNNING','asOf':'2026-03-01T12:00:00Z'}");
    answers.put(
        "/api/v1/hosts?limit=1000",
        "{'items':[{'hostId':'h','containersRunning':2,'containersPaused':0,"
            + "'containersStopped':1}]}");
    answers.put(EVENTS, "{'items':[]}");
    answers.put("/api/v1/containers?sort=-cpu&limit=5", "{'items':[]}");
    answers.put(CONTAINERS, containers("running", "paused", "exited"));
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", this::answer);
    service.start();
    feed = new TallyFeed("http://127.0.0.1:" + service.getAddress().getPort(), QueryAccess.open());
  }

  @AfterEach
  void stop() {
    feed.close();
    service.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String answer = answers.get(exchange.getRequestURI().toString());
    byte[] body = answer == null ? new byte[0] : answer.replace('\'', '"').getBytes(UTF_8);
    String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    int status = answer == null ? 404 : 200;
    exchange.sendResponseHeaders(shown.equals(wanted) ? status : 401, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Makes a certificate of somebody whom nobody knows, with another name than the address has. */
  private KeyStore certificate(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=elsewhere.example",
                "-alias",
                name,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    String body = Base64.getMimeEncoder().encodeToString(keys.getCertificate(name).getEncoded());
    Files.writeString(
        directory.resolve(name + ".pem"),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
    return keys;
  }

  private Snapshot readByTls(HttpsServer server, String certificate) {
    QueryAccess.Tls tls = new QueryAccess.Tls(directory.resolve(certificate), directory);
    String address = "https://127.0.0.1:" + server.getAddress().getPort();
    try (var reader = new TallyFeed(address, new QueryAccess(List.of("a token"), tls))) {
      return reader.read();
    }
  }

  private static String containers(String... states) {
    StringBuilder items = new StringBuilder();
    for (String state : states) {
      items.append(items.isEmpty() ? "" : ",").append("{'state':'").append(state).append("'}");
    }
    return "{'items':[" + items + "],'nextCursor':null}";
  }

  private void happens(String id) {
    answers.put(
        EVENTS,
        "{'items':[{'eventId':'%s','time':'2026-03-01T12:00:00Z','action':'DESTROY'}]}"
            .formatted(id));
  }

  @Test
  void tokenAndCertificateOfTheServiceAreKnown() throws Exception {
    wanted = "Bearer a token";
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(certificate("own"), PASSWORD.toCharArray());
    certificate("other");
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", this::answer);
    server.start();
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(readByTls(server, "own.pem").problem()).isNull());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(readByTls(server, "other.pem").problem()).contains("does not show"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void pausedContainersCountAsRunning() {
    Snapshot snapshot = feed.read();

    assertThat(snapshot.problem()).isNull();
    assertThat(snapshot.running()).isEqualTo(2);
    assertThat(snapshot.other()).isEqualTo(1);
  }

  @Test
  void recordsOfBothLanesAreCounted() {
    answers.put(
        "/api/v1/hosts?limit=1000",
        "{'items':[{'hostId':'h','lanes':[{'lane':'events','acknowledged':4},"
            + "{'lane':'stats','acknowledged':30}]}]}");

    assertThat(feed.read().records()).isEqualTo(34);
  }

  @Test
  void whatIsRemovedIsGoneBeforeTheNextHeartbeatTellsIt() {
    feed.read();
    happens("all are destroyed");
    answers.put(CONTAINERS, containers());
    Snapshot snapshot = feed.read();

    assertThat(snapshot.running()).isZero();
    assertThat(snapshot.other()).isZero();
  }

  @Test
  void aStateThatComesBehindItsEventIsSeenAtTheNextLook() {
    feed.read();
    happens("all are destroyed");
    feed.read();
    answers.put(CONTAINERS, containers());

    assertThat(feed.read().other()).isZero();
  }
}
