package io.tallyman.query;

import static io.tallyman.query.FleetRecords.counted;
import static io.tallyman.query.FleetRecords.event;
import static io.tallyman.query.FleetRecords.host;
import static io.tallyman.query.FleetRecords.id;
import static io.tallyman.query.FleetRecords.state;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallyman.v1.Action;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * Hosts with one container each, whose readings and events are numbered by their times: an answer
 * about one shows by itself whether anything is missing from it, whatever is on its way.
 */
final class NumberedFleet {

  /** Of CPU time, between two readings. */
  static final long STEP_NANOS = 1000;

  private static final int MINUTES_BACK = 10;

  private final FleetPublisher publisher;
  private final Instant begin =
      Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(MINUTES_BACK, ChronoUnit.MINUTES);
  private final AtomicIntegerArray begun;
  private int next;

  NumberedFleet(FleetPublisher publisher, int hosts) {
    this.publisher = publisher;
    this.begun = new AtomicIntegerArray(hosts);
  }

  /** Sends what is needed before anything else is known of the hosts. */
  void introduce() {
    for (int n = 0; n < size(); n++) {
      publisher.send(host(hostId(n), Instant.now()));
      publisher.send(state(hostId(n), container(n), name(n), "running", Instant.now()));
    }
  }

  /** Sends that the first host is there, without which everything would grow stale. */
  void beat() {
    publisher.send(host(hostId(0), Instant.now()));
  }

  /** Sends the next reading and the next event of the host whose turn it is. One thread calls. */
  void step() {
    int n = next++ % size();
    int number = begun.getAndIncrement(n);
    Instant time = begin.plusSeconds(number);
    publisher.send(
        counted(hostId(n), container(n), name(n), STEP_NANOS * number, number, time),
        event(hostId(n), container(n), name(n), Action.START, time.plusMillis(n)));
  }

  int size() {
    return begun.length();
  }

  /** How many readings and events of a host were sent, or are being sent. */
  int sent(int n) {
    return begun.get(n);
  }

  /** Of all hosts. */
  int sent() {
    return IntStream.range(0, size()).map(this::sent).sum();
  }

  /** Of the containers whose events were sent, one for each event. */
  List<String> namesFromNewToOld() {
    List<String> names = new ArrayList<>();
    for (int number = IntStream.range(0, size()).map(this::sent).max().orElse(0) - 1;
        number >= 0;
        number--) {
      for (int n = size() - 1; n >= 0; n--) {
        if (number < sent(n)) {
          names.add(name(n));
        }
      }
    }
    return names;
  }

  /** Whether an answer has the first {@code least} readings of a host or more, and all between. */
  boolean hasReadings(JsonNode answer, int n, int least) {
    JsonNode items = answer.at("/items");
    return isFrom(least, items.size(), n)
        && IntStream.range(0, items.size()).allMatch(i -> isReading(items.get(i), i));
  }

  /** Whether an answer has the first {@code least} events of a host or more, and all between. */
  boolean hasEvents(JsonNode answer, int n, int least) {
    JsonNode items = answer.at("/items");
    int count = items.size();
    return isFrom(least, count, n)
        && IntStream.range(0, count).allMatch(i -> isEvent(items.get(count - 1 - i), n, i));
  }

  private boolean isFrom(int least, int count, int n) {
    return count >= least && count <= sent(n);
  }

  private boolean isReading(JsonNode item, int number) {
    return time(item).equals(begin.plusSeconds(number))
        && (number == 0 || item.at("/network/rxBytes").asLong() == 1);
  }

  private boolean isEvent(JsonNode item, int n, int number) {
    return item.at("/containerName").asText().equals(name(n))
        && time(item).equals(begin.plusSeconds(number).plusMillis(n));
  }

  private static Instant time(JsonNode item) {
    return Instant.parse(item.at("/time").asText());
  }

  static String hostId(int n) {
    return "host-" + n;
  }

  static String container(int n) {
    return id("abcdef0123456789%02x".formatted(n));
  }

  static String name(int n) {
    return "c" + n;
  }
}
