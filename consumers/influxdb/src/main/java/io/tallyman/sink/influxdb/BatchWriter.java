package io.tallyman.sink.influxdb;

import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import io.tallyman.sink.influxdb.LineStore.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gets every good line into the store and finds those that it refuses, by halving; when that takes
 * long it {@linkplain SinkException.Rejected tells} of some, before all is tried. Sending a line
 * twice is safe: it is the same point. While the store works on one request the next is prepared,
 * but only one at a time is under way. Not thread-safe; for one batch.
 */
final class BatchWriter {

  /** What the store takes best in one request. */
  static final int MAX_LINES = 5_000;

  /**
   * After so long what was found is told though more may be wrong: the rest comes again, and the
   * worker, which must poll every five minutes, has been there in between.
   */
  static final Duration MAX_SINGLING_OUT = Duration.ofSeconds(30);

  private final LineStore store;
  private final InstantSource clock;
  private @Nullable Instant singlingOutSince;
  private List<Line> buffer = new ArrayList<>();
  private Optional<UnderWay> underWay = Optional.empty();
  private final Map<SinkRecord, String> rejected = new LinkedHashMap<>();
  private final Set<SinkRecord> tooOld = new HashSet<>();

  BatchWriter(LineStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
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
      tellWhenItTakesLong();
      write(lines.subList(0, middle));
      tellWhenItTakesLong();
      write(lines.subList(middle, lines.size()));
    }
  }

  private void tellWhenItTakesLong() throws SinkException.Rejected {
    var now = clock.instant();
    var since = singlingOutSince;
    if (since == null) {
      singlingOutSince = now;
    } else if (!rejected.isEmpty() && now.isAfter(since.plus(MAX_SINGLING_OUT))) {
      throw new SinkException.Rejected(rejected);
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
