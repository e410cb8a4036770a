package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns one object of the event stream into an event. */
final class EventParser {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Set<Mechanism> off;
  private @Nullable Long timeNanos;
  private @Nullable Long timeSeconds;
  private String action = "";
  private String actorId = "";
  private Map<String, String> attributes = Map.of();

  private EventParser(Set<Mechanism> off) {
    this.off = off;
  }

  /** Reads the object that the parser is at. */
  static EngineEvent parse(JsonParser parser) throws IOException {
    return parseWithout(Set.of(), parser);
  }

  static EngineEvent parseWithout(Set<Mechanism> off, JsonParser parser) throws IOException {
    EventParser event = new EventParser(off);
    Json.object(parser, event::field);
    return new EngineEvent(event.nanos(), event.action, event.actorId, event.attributes);
  }

  /** Reads the time of the object that the parser is at, and leaves all else empty. */
  static EngineEvent parseTime(JsonParser parser) throws IOException {
    EventParser event = new EventParser(Set.of());
    Json.object(parser, event::timeField);
    return new EngineEvent(event.nanos(), event.action, event.actorId, event.attributes);
  }

  private void timeField(String name, JsonParser value) throws IOException {
    switch (name) {
      case "timeNano", "time" -> field(name, value);
      default -> {}
    }
  }

  private void field(String name, JsonParser value) throws IOException {
    switch (name) {
      case "timeNano" -> timeNanos = Json.number(value);
      case "time" -> timeSeconds = Json.number(value);
      case "Action" -> action = withoutCommand(Json.textOrEmpty(value));
      case "Actor" -> Json.object(value, this::actorField);
      default -> {}
    }
  }

  private void actorField(String name, JsonParser value) throws IOException {
    switch (name) {
      case "ID" -> actorId = Json.textOrEmpty(value);
      case "Attributes" -> attributes = Json.texts(value);
      default -> {}
    }
  }

  private long nanos() {
    if (timeNanos != null) {
      return timeNanos;
    }
    return timeSeconds == null ? 0 : timeSeconds * NANOS_PER_SECOND;
  }

  /** The engine writes the whole command line of an exec behind the action's name. */
  private String withoutCommand(String action) {
    int colon = action.indexOf(':');
    boolean cut = colon > 0 && action.startsWith("exec_");
    return cut && !off.contains(Mechanism.EXEC_CUT) ? action.substring(0, colon) : action;
  }
}
