package io.tallyman.query.view;

import io.tallyman.query.history.Minute;
import io.tallyman.query.history.MinuteKey;
import io.tallyman.query.state.Usage;
import io.tallyman.query.topology.Retention;
import io.tallyman.v1.ContainerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers who uses how much, now or in a stretch of time. Safe from any thread. */
public final class Usages {

  private static final char SEPARATOR = '\u0000';

  private final FleetReader fleet;
  private final PastUse past;
  private final Retention retention;

  /** {@code maxAge} is how old the answer of a stretch of time may be, so that many share it. */
  public Usages(FleetReader fleet, Retention retention, Duration maxAge) {
    this.fleet = fleet;
    this.past = new PastUse(fleet, maxAge);
    this.retention = retention;
  }

  /** What a list of use can be ordered by. */
  public enum Order {
    CPU(Figure.CPU_PERCENT),
    MEMORY(Figure.MEMORY_USED),
    NETWORK(Figure.RX_RATE, Figure.TX_RATE),
    BLOCKIO(Figure.READ_RATE, Figure.WRITE_RATE);

    private final Figure one;
    private final Figure other;

    Order(Figure one) {
      this(one, one);
    }

    Order(Figure one, Figure other) {
      this.one = one;
      this.other = other;
    }

    double of(Figures all) {
      double sum = one == other ? all.get(one) : all.sum(one, other);
      return Double.isNaN(sum) ? -1 : sum;
    }
  }

  /**
   * A list of use.
   *
   * @param from null, as {@code to}, for now; whole minutes of what is kept
   */
  public record Listing<T>(@Nullable Instant from, @Nullable Instant to, Page<T> page) {}

  private record All(
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Instant asOf,
      List<Used> items,
      boolean stale) {}

  /** Groups of containers, the one that uses most CPU first. */
  public Listing<Total> totals(
      Grouping grouping, UsageQuery query, int limit, @Nullable String cursor) {
    All all = all(query);
    Map<String, Total> groups = new HashMap<>();
    for (Used used : all.items) {
      groups.computeIfAbsent(grouping.of(used.stats()), Total::new).add(used);
    }
    if (groups.isEmpty() && grouping.by() == Grouping.By.NONE) {
      groups.put("", new Total(""));
    }
    Comparator<Total> order = Comparator.comparing(Usages::position).reversed();
    String after = cursor == null ? null : Cursor.decode(cursor);
    List<Total> rest =
        groups.values().stream()
            .filter(total -> after == null || position(total).compareTo(after) < 0)
            .sorted(order)
            .toList();
    List<Total> shown = rest.subList(0, Math.min(limit, rest.size()));
    String next = shown.size() < rest.size() ? Cursor.encode(position(shown.getLast())) : null;
    return new Listing<>(all.from, all.to, new Page<>(all.asOf, shown, next, all.stale));
  }

  /** Containers, the one that uses most first. */
  public Listing<Used> top(Order order, UsageQuery query, int limit) {
    if (order == Order.MEMORY && !query.isNow()) {
      throw new BadParameterException(
          "by", "is not memory with from or to: only its present is known");
    }
    All all = all(query);
    Comparator<Used> most =
        Comparator.comparingDouble((Used used) -> order.of(used.figures())).reversed();
    List<Used> items =
        all.items.stream()
            .filter(used -> order.of(used.figures()) >= 0)
            .sorted(most.thenComparing(used -> used.stats().getContainerId()))
            .limit(limit)
            .toList();
    return new Listing<>(all.from, all.to, new Page<>(all.asOf, items, null, all.stale));
  }

  private All all(UsageQuery query) {
    return query.isNow() ? present(fleet.fleet(), query) : past(query);
  }

  private All present(Fleet now, UsageQuery query) {
    List<Used> items = new ArrayList<>();
    Instant asOf = null;
    for (ContainerView view : now.views()) {
      Sampled sampled = view.sampled();
      if (sampled == null || !Ages.isSampled(view.state().value())) {
        continue;
      }
      ContainerStats stats = sampled.sample().value();
      if (matches(stats, query)) {
        items.add(new Used(stats, Figures.now(sampled), view.stale()));
        asOf = later(asOf, sampled.sample().time());
      }
    }
    return new All(null, null, asOf, items, now.stale() || fleet.freshness().stale());
  }

  private All past(UsageQuery query) {
    Instant time = fleet.now();
    long toMinute = minute(Objects.requireNonNullElse(query.to(), time.plusMillis(Minute.MILLIS)));
    long kept = minute(time.minus(retention.rollup())) + 1;
    long fromMinute = Math.max(kept, query.from() == null ? kept : minute(query.from()));
    if (fromMinute >= toMinute) {
      throw new BadParameterException("from", "is not a minute before to, or to is no longer kept");
    }
    Instant from = time(fromMinute);
    Instant to = time(toMinute);
    Duration span = Duration.between(from, to.isAfter(time) ? time : to);
    PastUse.Past read = past.between(fromMinute, toMinute);
    List<Used> items = new ArrayList<>();
    Instant asOf = null;
    for (List<Usage> part : read.usages().parts()) {
      for (Usage usage : part) {
        Sampled sampled = read.fleet().samplesByKey().get(usage.containerKey());
        if (sampled != null && matches(sampled.sample().value(), query)) {
          ContainerStats stats = sampled.sample().value();
          items.add(new Used(stats, Figures.used(usage, span), false));
          asOf = later(asOf, sampled.sample().time());
        }
      }
    }
    boolean isCopy = read.usages().stale() || read.fleet().stale();
    return new All(from, to, asOf, items, isCopy || fleet.freshness().stale());
  }

  private static boolean matches(ContainerStats stats, UsageQuery query) {
    return (query.host() == null
            || query.host().equals(stats.getHostId())
            || query.host().equals(stats.getHostName()))
        && (query.project() == null || query.project().equals(stats.getProject()));
  }

  private static Instant later(@Nullable Instant one, Instant other) {
    return one == null || other.isAfter(one) ? other : one;
  }

  private static long minute(Instant time) {
    return MinuteKey.minuteOf(time.toEpochMilli());
  }

  private static Instant time(long minute) {
    return Instant.ofEpochMilli(minute * Minute.MILLIS);
  }

  /** The bits of doubles that are not negative sort as the doubles do. */
  private static String position(Total total) {
    double cpu = Math.max(0, Order.CPU.of(total.figures()));
    return String.format("%016x", Double.doubleToLongBits(cpu))
        + SEPARATOR
        + Objects.requireNonNullElse(total.value(), "");
  }
}
