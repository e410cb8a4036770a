package io.tallyman.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TallyFeedTest {

  private static final String CONTAINERS = "/api/v1/containers?state=all&limit=1000";
  private static final String EVENTS = "/api/v1/events?limit=50";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private HttpServer service;
  private TallyFeed feed;

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
    service.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().toString());
          byte[] body = answer == null ? new byte[0] : answer.replace('\'', '"').getBytes(UTF_8);
          exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    service.start();
    feed = new TallyFeed("http://127.0.0.1:" + service.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    feed.close();
    service.stop(0);
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
