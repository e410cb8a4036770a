package io.tallyman.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Ask an instance about one host of a fleet after the other until closed, and judge the answers: an
 * answer may be old or refused, but what the fleet had sent before must be in it.
 */
final class SteadyClients implements AutoCloseable {

  private static final int CLIENTS = 2;
  private static final int OK = 200;
  private static final int REFUSED = 503;

  private final HttpClientOf http;
  private final String authorization;
  private final NumberedFleet fleet;
  private final List<Integer> sentBefore;
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger right = new AtomicInteger();
  private final AtomicInteger staleTotals = new AtomicInteger();
  private final AtomicInteger staleTimelines = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final Collection<String> wrong = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads;

  SteadyClients(HttpClientOf http, String token, NumberedFleet fleet) {
    this.http = http;
    this.authorization = "Bearer " + token;
    this.fleet = fleet;
    this.sentBefore = IntStream.range(0, fleet.size()).map(fleet::sent).boxed().toList();
    this.threads =
        IntStream.range(0, CLIENTS).mapToObj(n -> Thread.ofPlatform().start(() -> run(n))).toList();
  }

  private void run(int first) {
    try {
      for (int i = first; !done.get(); i++) {
        ask(i % fleet.size());
      }
    } catch (RuntimeException e) {
      wrong.add("No answer: " + e);
    }
  }

  private void ask(int n) {
    int least = sentBefore.get(n);
    String container = "/api/v1/containers/" + NumberedFleet.container(n);
    ask(container + "/stats?step=raw", body -> fleet.hasReadings(body, n, least), () -> {});
    ask(
        container + "/events?limit=1000",
        body -> fleet.hasEvents(body, n, least),
        staleTimelines::incrementAndGet);
    ask(
        "/api/v1/events?limit=1000&host=" + NumberedFleet.hostId(n),
        body -> fleet.hasEvents(body, n, least),
        staleTimelines::incrementAndGet);
    ask(
        "/api/v1/totals",
        body -> body.at("/items/0/containers").asInt() == fleet.size(),
        staleTotals::incrementAndGet);
  }

  private void ask(String path, Predicate<JsonNode> isWhole, Runnable ifStale) {
    HttpResponse<String> answer = http.get(path, "Authorization", authorization);
    switch (answer.statusCode()) {
      case OK -> {
        JsonNode body = HttpClientOf.parse(answer);
        if (isWhole.test(body)) {
          right.incrementAndGet();
        } else {
          wrong.add(path + ": " + answer.body());
        }
        if (body.at("/stale").asBoolean()) {
          ifStale.run();
        }
      }
      case REFUSED -> {
        refused.incrementAndGet();
        if (answer.headers().firstValue("retry-after").isEmpty()) {
          wrong.add(path + " gave 503 without Retry-After");
        }
      }
      default -> wrong.add(path + " gave " + answer.statusCode() + ": " + answer.body());
    }
  }

  /** Answers in which nothing was missing. */
  int right() {
    return right.get();
  }

  /** Totals from copies, as long as hosts are heard. */
  int staleTotals() {
    return staleTotals.get();
  }

  /** Lists of events from copies, as long as hosts are heard. */
  int staleTimelines() {
    return staleTimelines.get();
  }

  /** Answers that say that there is none at the moment. */
  int refused() {
    return refused.get();
  }

  /** What was answered and should not have been. */
  Collection<String> wrong() {
    return wrong;
  }

  @Override
  public void close() {
    done.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
