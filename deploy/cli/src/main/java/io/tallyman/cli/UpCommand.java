package io.tallyman.cli;

import io.tallyman.cli.settings.Part;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.cli.up.Addresses;
import io.tallyman.cli.up.EngineChoice;
import io.tallyman.cli.up.Standalone;
import io.tallyman.cli.up.Summary;
import io.tallyman.cli.up.Terminal;
import io.tallyman.cli.up.UpPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs everything in one process. */
@Command(
    name = "up",
    description =
        "Run everything here: a Kafka broker, the agent on the local Docker Engine, and the query"
            + " service with its dashboard.",
    footer = {
      "",
      "Where no Docker Engine is installed it runs on a simulated one, and says so.",
      "Ctrl-C (or SIGTERM) stops it within seconds; the data stays.",
      "",
      "Examples:",
      "  tallyman up",
      "  tallyman up --simulate 50",
      "  tallyman up --docker-host tcp://10.0.0.7:2375 --port 8081 --data-dir /srv/tallyman"
    })
final class UpCommand extends SettingsCommand {

  private static final int MAX_SIMULATED = 100_000;

  /** Stands for {@code --simulate} without a number. */
  private static final int DEMO_FLEET = -1;

  @Option(
      names = "--simulate",
      arity = "0..1",
      paramLabel = "N",
      fallbackValue = "" + DEMO_FLEET,
      description = "Run on a simulated engine with N containers, or with a dozen lively ones.")
  private @Nullable Integer simulate;

  @Option(
      names = "--sink",
      paramLabel = "NAME",
      description = "Also run this sink; repeatable. See 'tallyman sink --help'.")
  private List<String> sinks = new ArrayList<>();

  @Override
  Part part() {
    return Part.UP;
  }

  @Override
  void run(Settings settings) {
    UpPlan plan = UpPlan.of(settings, engine(settings), sinks, Tallyman.Version.text());
    StopSignal stop = surroundings().stop();
    PrintWriter out = plan.writesToStandardOutput() ? err() : out();
    boolean live = !plan.writesToStandardOutput() && Terminal.isThere(surroundings().environment());
    try (Standalone standalone = Standalone.prepare(plan)) {
      Path logFile = live ? standalone.directory().resolve("tallyman.log") : null;
      if (logFile != null) {
        Logging.toFile(logFile);
      }
      LostSinks lost = new LostSinks(stop);
      Addresses addresses = standalone.start(logFile, lost);
      if (!stop.isRequested()) {
        addresses.lines().forEach(out::println);
        Summary summary =
            live
                ? Summary.live(addresses.dashboard(), settings, out)
                : Summary.lines(addresses.dashboard(), settings, out);
        show(summary, stop, lost);
      }
      out.println("Stopping …");
      stop.await();
      lost.rethrow();
    }
  }

  private static void show(Summary summary, StopSignal stop, LostSinks lost) {
    try (summary) {
      do {
        lost.news().forEach(summary::say);
        summary.tick();
      } while (!stop.await(1, TimeUnit.SECONDS));
    }
  }

  /** Keeps the sinks that failed: the rest goes on, and the command ends with 1 when it is over. */
  private record LostSinks(
      StopSignal stop, Queue<RuntimeException> untold, Queue<RuntimeException> all)
      implements Standalone.Watcher {

    LostSinks(StopSignal stop) {
      this(stop, new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
    }

    @Override
    public void failed(RuntimeException reason) {
      Logging.muteKafka();
      stop.fail(reason);
    }

    @Override
    public void sinkFailed(RuntimeException reason) {
      all.add(reason);
      untold.add(reason);
    }

    @Override
    public void unread() {
      stop.request();
    }

    List<String> news() {
      List<String> news = new ArrayList<>();
      for (var next = untold.poll(); next != null; next = untold.poll()) {
        news.add(Errors.explain(next) + "; the rest goes on");
      }
      return news;
    }

    void rethrow() {
      RuntimeException first = all.peek();
      if (first != null) {
        throw first;
      }
    }
  }

  private EngineChoice engine(Settings settings) {
    Integer containers = simulate;
    if (containers != null
        && containers != DEMO_FLEET
        && (containers < 0 || containers > MAX_SIMULATED)) {
      throw new SettingsException(
          "--simulate: %d is not allowed: give a number from 0 to %d"
              .formatted(containers, MAX_SIMULATED));
    }
    return EngineChoice.of(
        settings,
        containers != null,
        containers == null || containers == DEMO_FLEET
            ? OptionalInt.empty()
            : OptionalInt.of(containers),
        surroundings().environment());
  }
}
