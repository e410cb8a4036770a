package io.tallyman.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A live event stream that collects what arrives. */
final class EventTail implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final EngineClient.Stream stream;
  private final BlockingQueue<JsonNode> arrived = new LinkedBlockingQueue<>();

  EventTail(EngineClient client, String query) {
    try {
      stream = client.open("GET", "/events?" + query, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::read);
  }

  EngineClient.Stream stream() {
    return stream;
  }

  /** Lifecycle events up to and with one of this action; those of execs are left out. */
  List<JsonNode> until(String action) {
    List<JsonNode> events = new ArrayList<>();
    while (true) {
      JsonNode event = next(events);
      if (event.path("Action").asText().startsWith("exec_")) {
        continue;
      }
      events.add(event);
      if (event.path("Action").asText().equals(action)) {
        return events;
      }
    }
  }

  static List<String> actions(List<JsonNode> events) {
    return events.stream().map(event -> event.path("Action").asText()).toList();
  }

  private JsonNode next(List<JsonNode> soFar) {
    try {
      JsonNode event = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no further event after " + actions(soFar));
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void read() {
    StringBuilder pending = new StringBuilder();
    try {
      for (byte[] part = stream.next(); part.length > 0; part = stream.next()) {
        pending.append(new String(part, StandardCharsets.UTF_8));
        for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
          arrived.add(EngineClient.MAPPER.readTree(pending.substring(0, end)));
          pending.delete(0, end + 1);
        }
      }
    } catch (IOException e) {
      // The test has closed the stream.
    }
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
