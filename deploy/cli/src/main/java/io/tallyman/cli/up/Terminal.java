package io.tallyman.cli.up;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Redraws a block of lines in place at the end of a terminal's output. Used by one thread, but for
 * {@link #close}.
 */
public final class Terminal implements AutoCloseable {

  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final Size USUAL = new Size(24, 80);

  /** How large the terminal is, in characters. */
  record Size(int rows, int columns) {}

  private final PrintWriter out;
  private Size size = USUAL;
  private long measuredNanos = System.nanoTime() - MEASURE_NANOS;
  private int drawn;
  private boolean closed;

  Terminal(PrintWriter out) {
    this.out = out;
  }

  /** Whether somebody looks at standard output on a terminal that can redraw. */
  public static boolean isThere(Map<String, String> environment) {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        && !environment.getOrDefault("TERM", "dumb").equals("dumb");
  }

  /** The size, measured every few seconds because users drag windows. */
  Size size() {
    if (System.nanoTime() - measuredNanos >= MEASURE_NANOS) {
      measuredNanos = System.nanoTime();
      size = measure();
    }
    return size;
  }

  /** Draws the lines over those that were drawn last; what does not fit in height is left out. */
  synchronized void draw(List<String> lines) {
    if (closed) {
      return;
    }
    List<String> fitting = lines.subList(0, Math.min(lines.size(), size.rows() - 1));
    StringBuilder frame = new StringBuilder(HIDE_CURSOR);
    if (drawn > 0) {
      frame.append("\u001b[").append(drawn).append('A');
    }
    frame.append('\r').append(CLEAR_BELOW);
    fitting.forEach(line -> frame.append(line).append("\r\n"));
    out.print(frame);
    out.flush();
    drawn = fitting.size();
  }

  /** Puts a line that stays above what is drawn next. */
  synchronized void say(String line) {
    draw(List.of(line));
    drawn = 0;
  }

  /** Leaves what was drawn and gives the cursor back. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      out.print(SHOW_CURSOR);
      out.flush();
    }
  }

  private static Size measure() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return USUAL;
      }
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return parse(answer);
    } catch (IOException e) {
      return USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL;
    }
  }

  static Size parse(String answer) {
    String[] parts = answer.strip().split(" ", -1);
    if (parts.length != 2 || !parts[0].matches("\\d{1,5}") || !parts[1].matches("\\d{1,5}")) {
      return USUAL;
    }
    Size size = new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    return size.rows() < 2 || size.columns() < 20 ? USUAL : size;
  }
}
