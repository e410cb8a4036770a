package io.tallyman.cli.up;

import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.up.Snapshot.Happening;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows what is going on: on a terminal as a block that is redrawn, else as lines. {@link #tick} is
 * called about once a second by one thread.
 */
public sealed interface Summary extends AutoCloseable {

  /** Reads and shows the newest. */
  void tick();

  /** Shows a line that stays. */
  void say(String line);

  @Override
  void close();

  /** A block that is redrawn in place. */
  static Summary live(String service, Settings settings, PrintWriter out) {
    return new Live(new TallyFeed(service, QueryPart.access(settings)), new Terminal(out));
  }

  /** Lines: each event, and the state when it changes and every half a minute. */
  static Summary lines(String service, Settings settings, PrintWriter out) {
    TallyFeed feed = new TallyFeed(service, QueryPart.access(settings));
    return new Lines(feed::read, feed::close, out, Instant.now(), ZoneId.systemDefault());
  }

  /** The block. */
  final class Live implements Summary {
    private final TallyFeed feed;
    private final Terminal terminal;
    private final SummaryText text = new SummaryText(ZoneId.systemDefault());

    private Live(TallyFeed feed, Terminal terminal) {
      this.feed = feed;
      this.terminal = terminal;
    }

    @Override
    public void tick() {
      int width = terminal.size().columns();
      terminal.draw(text.block(feed.read(), width));
    }

    @Override
    public void say(String line) {
      terminal.say(line);
    }

    @Override
    public void close() {
      terminal.close();
      feed.close();
    }
  }

  /** The lines. */
  final class Lines implements Summary {
    private static final long STATUS_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int REMEMBERED = 1_000;

    private final Supplier<Snapshot> feed;
    private final Runnable closeFeed;
    private final PrintWriter out;
    private final Instant start;
    private final SummaryText text;
    private final Set<String> seen = new LinkedHashSet<>();
    private String shown = "";
    private long shownNanos;

    Lines(
        Supplier<Snapshot> feed, Runnable closeFeed, PrintWriter out, Instant start, ZoneId zone) {
      this.feed = feed;
      this.closeFeed = closeFeed;
      this.out = out;
      this.start = start;
      this.text = new SummaryText(zone);
    }

    @Override
    public void tick() {
      Snapshot snapshot = feed.get();
      fresh(snapshot.latest()).forEach(event -> out.println(text.event(event)));
      String key =
          snapshot.hosts()
              + " "
              + snapshot.running()
              + " "
              + snapshot.silentEngines()
              + " "
              + snapshot.problem();
      if (!key.equals(shown) || System.nanoTime() - shownNanos >= STATUS_NANOS) {
        shown = key;
        shownNanos = System.nanoTime();
        out.println(text.status(snapshot));
      }
      out.flush();
    }

    @Override
    public void say(String line) {
      out.println(line);
    }

    /** What has not been shown yet and happened since the start, oldest first. */
    private List<Happening> fresh(List<Happening> newestFirst) {
      List<Happening> fresh = new ArrayList<>();
      for (Happening event : newestFirst.reversed()) {
        if (!event.time().isBefore(start) && seen.add(event.id())) {
          fresh.add(event);
        }
      }
      while (seen.size() > REMEMBERED) {
        seen.remove(seen.iterator().next());
      }
      return fresh;
    }

    @Override
    public void close() {
      closeFeed.run();
    }
  }
}
