package io.tallyman.sink.influxdb;

import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import io.tallyman.sink.influxdb.LineStore.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gets every good line into the store and finds those that it refuses, by halving. Sending a line
 * twice is safe: it is the same point. While the store works on one request the next is prepared,
 * but only one at a time is under way. Not thread-safe; for one batch.
 */
final class BatchWriter {

  /** What the store takes best in one request. */
  static final int MAX_LINES = 5_000;

  private final LineStore store;
  private List<Line> buffer = new ArrayList<>();
  private Optional<UnderWay> underWay = Optional.empty();
  private final Map<SinkRecord, String> rejected = new LinkedHashMap<>();
  private final Set<SinkRecord> tooOld = new HashSet<>();

  BatchWriter(LineStore store) {
    this.store = store;
  }

  private record UnderWay(List<Line> lines, LineStore.Sending sending) {}

  void add(Line line) throws SinkException {
    buffer.add(line);
    if (buffer.size() == MAX_LINES) {
      send();
    }
  }

  /** Returns when the store has answered to all that was added. */
  void flush() throws SinkException {
    if (!buffer.isEmpty()) {
      send();
    }
    settle();
  }

  private void send() throws SinkException {
    var lines = buffer;
    buffer = new ArrayList<>(MAX_LINES);
    var request = store.prepare(lines);
    settle();
    underWay = Optional.of(new UnderWay(lines, request.send()));
  }

  private void settle() throws SinkException {
    if (underWay.isPresent()) {
      var done = underWay.get();
      underWay = Optional.empty();
      react(done.sending().await(), done.lines());
    }
  }

  /** Why, by record. */
  Map<SinkRecord, String> rejected() {
    return rejected;
  }

  /** Records with points that the store no longer keeps. */
  Set<SinkRecord> tooOld() {
    return tooOld;
  }

  private void write(List<Line> lines) throws SinkException {
    react(store.prepare(lines).send().await(), lines);
  }

  private void react(Answer answer, List<Line> lines) throws SinkException {
    switch (answer) {
      case Answer.Stored stored -> {}
      case Answer.TooOld(int points) -> setAside(points, lines);
      case Answer.Refused(var reason) -> halve(lines, reason);
      case Answer.TooLarge tooLarge -> halve(lines, "the store takes no request as large as this");
    }
  }

  private void halve(List<Line> lines, String reason) throws SinkException {
    if (lines.size() == 1) {
      rejected.putIfAbsent(lines.getFirst().owner(), reason);
    } else {
      int middle = lines.size() / 2;
      write(lines.subList(0, middle));
      write(lines.subList(middle, lines.size()));
    }
  }

  /**
   * The store does not say which points are too old, but they are the oldest. It also does not say
   * what else was wrong, so the others are written again.
   */
  private void setAside(int points, List<Line> lines) throws SinkException {
    int old = Math.clamp(points, 1, lines.size());
    var byTime = new ArrayList<>(lines);
    byTime.sort(Comparator.comparingLong(Line::timeNanos));
    byTime.subList(0, old).forEach(line -> tooOld.add(line.owner()));
    if (old < lines.size()) {
      write(byTime.subList(old, lines.size()));
    }
  }
}
