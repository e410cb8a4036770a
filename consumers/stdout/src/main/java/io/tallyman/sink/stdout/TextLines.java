package io.tallyman.sink.stdout;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.sink.SinkRecord;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.Network;
import io.tallyman.v1.StreamGap;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lines for people. That of a sample is Statspout's, with memory as {@code docker stats} counts it;
 * the others begin as it does. What is not known is a dash.
 */
final class TextLines implements LineFormat {

  private static final int SHORT_ID_CHARS = 12;

  /** Go's {@code 02 Jan 06 15:04:05 MST}; all our times are UTC. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd MMM yy HH:mm:ss 'UTC'", Locale.US).withZone(ZoneOffset.UTC);

  @Override
  public void write(SinkRecord record, OutputStream to) throws IOException {
    to.write(printable(line(record)).getBytes(UTF_8));
    to.write('\n');
  }

  private static String line(SinkRecord record) {
    return switch (record.value()) {
      case null ->
          begin(shortId(Objects.requireNonNullElse(record.key(), "-")), record.appendTime())
              + "removed";
      case ContainerStats stats -> stats(stats);
      case ContainerEvent event -> event(event);
      case ContainerState state -> state(state);
      case ContainerAlert alert -> alert(alert);
      case HostStatus host -> host(host);
      case StreamGap gap -> gap(gap);
      default -> throw new IllegalStateException("no record of the contract: " + record);
    };
  }

  private static String begin(String name, Instant time) {
    return "[" + name + "] {" + TIME.format(time) + "} ";
  }

  private static String stats(ContainerStats stats) {
    var cpu = stats.getCpu();
    var memory = stats.getMemory();
    return begin(name(stats.getContainerName(), stats.getContainerId()), stats.getSampledAt())
        + "CPU: %s%%, MEM: %s%% [%s B] Tx/Rx: %s/%s"
            .formatted(
                decimal(cpu == null ? null : cpu.getPercent()),
                decimal(memory == null ? null : memory.getPercent()),
                orDash(memory == null ? null : memory.getUsedBytes()),
                sum(stats, Network::getTxBytes),
                sum(stats, Network::getRxBytes));
  }

  private static String event(ContainerEvent event) {
    var line =
        new StringBuilder(
            begin(name(event.getContainerName(), event.getContainerId()), event.getTime()));
    line.append(event.getRawAction());
    appendIfKnown(line, "exit code", event.getExitCode());
    appendIfKnown(line, "signal", event.getSignal());
    if (Boolean.TRUE.equals(event.getOomKilled())) {
      line.append(", out of memory");
    }
    appendIfKnown(line, "was", event.getOldName());
    return line.append(" (").append(lower(event.getOrigin())).append(')').toString();
  }

  private static String state(ContainerState state) {
    var line =
        new StringBuilder(
            begin(name(state.getContainerName(), state.getContainerId()), state.getAsOf()));
    line.append("is ").append(state.getState());
    appendIfKnown(line, "health", state.getHealth());
    return line.toString();
  }

  private static String alert(ContainerAlert alert) {
    return begin(name(alert.getContainerName(), alert.getContainerId()), alert.getSince())
        + "alert %s: %s %s%%, threshold %s%%"
            .formatted(
                lower(alert.getPhase()),
                alert.getResource(),
                decimal(alert.getObservedPercent()),
                decimal(alert.getThresholdPercent()));
  }

  private static String host(HostStatus host) {
    return begin(host.getHostName(), host.getAsOf())
        + "host: %s running, %s paused, %s stopped"
            .formatted(
                orDash(host.getContainersRunning()),
                orDash(host.getContainersPaused()),
                orDash(host.getContainersStopped()));
  }

  private static String gap(StreamGap gap) {
    var from = gap.getFrom();
    return begin(gap.getHostId(), gap.getTo())
        + "gap in %s since %s: %s, lost %s"
            .formatted(
                lower(gap.getStream()),
                from == null ? "-" : TIME.format(from),
                lower(gap.getReason()),
                orDash(gap.getLost()));
  }

  private static String name(@Nullable String name, String containerId) {
    return name == null ? shortId(containerId) : name;
  }

  private static String shortId(String id) {
    return id.length() > SHORT_ID_CHARS ? id.substring(0, SHORT_ID_CHARS) : id;
  }

  /** Two digits, rounded as Go does: to even, and the number as the double really is. */
  private static String decimal(@Nullable Double number) {
    if (number == null || !Double.isFinite(number)) {
      return "-";
    }
    return new BigDecimal(number).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static long sum(ContainerStats stats, Function<Network, @Nullable Long> bytes) {
    long sum = 0;
    for (var network : stats.getNetworks()) {
      sum += Objects.requireNonNullElse(bytes.apply(network), 0L);
    }
    return sum;
  }

  private static String orDash(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }

  private static void appendIfKnown(StringBuilder line, String what, @Nullable Object value) {
    if (value != null) {
      line.append(", ").append(what).append(' ').append(value);
    }
  }

  private static String lower(Enum<?> symbol) {
    return symbol.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Names come from other machines, and a terminal obeys control characters. */
  private static String printable(String line) {
    if (line.chars().noneMatch(Character::isISOControl)) {
      return line;
    }
    var clean = new StringBuilder(line.length());
    line.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '?' : (char) c));
    return clean.toString();
  }
}
