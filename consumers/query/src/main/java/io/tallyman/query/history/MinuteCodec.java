package io.tallyman.query.history;

import io.tallyman.query.history.Minute.Open;
import io.tallyman.query.history.Minute.Rolled;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Minutes as they are stored: readings as differences from the one before, in as few bytes as each
 * needs. Figures that were added later are read as unknown from what was written before.
 */
public final class MinuteCodec {

  private static final byte OPEN = 1;
  private static final byte ROLLED = 2;
  private static final int FIRST_RESET = 1;
  private static final int RESET = 2;
  private static final long MICROS = 1000;

  private MinuteCodec() {}

  /** As bytes. */
  public static byte[] encode(Minute minute) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      switch (minute) {
        case Open open -> writeOpen(open, out);
        case Rolled rolled -> writeRolled(rolled, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** From what {@link #encode} made. */
  public static Minute decode(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    byte kind = in.get();
    return switch (kind) {
      case OPEN -> readOpen(in);
      case ROLLED -> readRolled(in);
      default -> throw new IllegalStateException("A minute of kind " + kind + " is not known");
    };
  }

  /** Whether it is a {@link Rolled}, without reading it. */
  public static boolean isRolled(byte[] encoded) {
    return encoded[0] == ROLLED;
  }

  private static void writeOpen(Open open, DataOutputStream out) throws IOException {
    out.writeByte(OPEN);
    out.writeByte(Counter.COUNT);
    out.writeByte(Gauge.COUNT);
    ByteUtils.writeVarint(open.readings().size(), out);
    long micros = 0;
    long[] counters = new long[Counter.COUNT];
    double[] gauges = new double[Gauge.COUNT];
    for (Reading reading : open.readings()) {
      ByteUtils.writeVarlong(reading.sampledMicros() - micros, out);
      ByteUtils.writeVarlong(reading.sampledMicros() / MICROS - reading.timeMillis(), out);
      ByteUtils.writeVarlong(reading.intervalMillis(), out);
      out.writeBoolean(reading.reset());
      writeLongs(reading.counters(), counters, out);
      writeGauges(reading.gauges(), gauges, out);
      micros = reading.sampledMicros();
      counters = reading.counters();
      gauges = reading.gauges();
    }
  }

  private static Open readOpen(ByteBuffer in) {
    int counterCount = in.get();
    int gaugeCount = in.get();
    int size = ByteUtils.readVarint(in);
    List<Reading> readings = new ArrayList<>(size);
    long micros = 0;
    long[] counters = new long[Counter.COUNT];
    double[] gauges = new double[Gauge.COUNT];
    for (int i = 0; i < size; i++) {
      micros += ByteUtils.readVarlong(in);
      long timeMillis = micros / MICROS - ByteUtils.readVarlong(in);
      long intervalMillis = ByteUtils.readVarlong(in);
      boolean reset = in.get() != 0;
      counters = readLongs(counters, counterCount, in);
      gauges = readGauges(gauges, gaugeCount, in);
      readings.add(new Reading(micros, timeMillis, intervalMillis, reset, counters, gauges));
    }
    return new Open(readings);
  }

  private static void writeRolled(Rolled rolled, DataOutputStream out) throws IOException {
    Rollup rollup = rolled.rollup();
    out.writeByte(ROLLED);
    out.writeByte(Counter.COUNT);
    out.writeByte(Gauge.COUNT);
    ByteUtils.writeVarint(rollup.samples, out);
    ByteUtils.writeVarlong(rollup.firstMicros, out);
    ByteUtils.writeVarlong(rollup.firstMicros / MICROS - rollup.firstTimeMillis, out);
    ByteUtils.writeVarlong(rollup.lastMicros - rollup.firstMicros, out);
    ByteUtils.writeVarlong(rollup.lastMicros / MICROS - rollup.lastTimeMillis, out);
    ByteUtils.writeVarlong(rollup.firstIntervalMillis, out);
    ByteUtils.writeVarlong(rollup.intervalMillis, out);
    out.writeByte((rollup.firstReset ? FIRST_RESET : 0) | (rollup.reset ? RESET : 0));
    ByteUtils.writeVarlong(rollup.coveredMicros, out);
    long[] zeros = new long[Counter.COUNT];
    writeLongs(rollup.first, zeros, out);
    writeLongs(rollup.last, rollup.first, out);
    writeLongs(rollup.increase, zeros, out);
    writeLongs(rolled.running(), zeros, out);
    double[] none = new double[Gauge.COUNT];
    writeGauges(rollup.min, none, out);
    writeGauges(rollup.max, rollup.min, out);
    writeGauges(rollup.latest, rollup.min, out);
    for (int i = 0; i < Gauge.COUNT; i++) {
      out.writeDouble(rollup.sum[i]);
      ByteUtils.writeVarint(rollup.counts[i], out);
    }
  }

  private static Rolled readRolled(ByteBuffer in) {
    int counterCount = in.get();
    int gaugeCount = in.get();
    int samples = ByteUtils.readVarint(in);
    long firstMicros = ByteUtils.readVarlong(in);
    long firstTimeMillis = firstMicros / MICROS - ByteUtils.readVarlong(in);
    long lastMicros = firstMicros + ByteUtils.readVarlong(in);
    long lastTimeMillis = lastMicros / MICROS - ByteUtils.readVarlong(in);
    long firstIntervalMillis = ByteUtils.readVarlong(in);
    long intervalMillis = ByteUtils.readVarlong(in);
    int flags = in.get();
    long coveredMicros = ByteUtils.readVarlong(in);
    long[] zeros = new long[Counter.COUNT];
    long[] first = readLongs(zeros, counterCount, in);
    long[] last = readLongs(first, counterCount, in);
    long[] increase = readLongs(zeros, counterCount, in);
    long[] running = readLongs(zeros, counterCount, in);
    double[] none = new double[Gauge.COUNT];
    double[] min = readGauges(none, gaugeCount, in);
    double[] max = readGauges(min, gaugeCount, in);
    double[] latest = readGauges(min, gaugeCount, in);
    double[] sum = new double[Gauge.COUNT];
    int[] counts = new int[Gauge.COUNT];
    for (int i = 0; i < gaugeCount; i++) {
      sum[i] = in.getDouble();
      counts[i] = ByteUtils.readVarint(in);
    }
    for (int i = counterCount; i < Counter.COUNT; i++) {
      running[i] = 0;
    }
    Rollup rollup =
        new Rollup(
            samples,
            firstMicros,
            firstTimeMillis,
            lastMicros,
            lastTimeMillis,
            firstIntervalMillis,
            intervalMillis,
            (flags & FIRST_RESET) != 0,
            (flags & RESET) != 0,
            coveredMicros,
            first,
            last,
            increase,
            min,
            max,
            latest,
            sum,
            counts);
    return new Rolled(rollup, running);
  }

  private static void writeLongs(long[] values, long[] before, DataOutputStream out)
      throws IOException {
    for (int i = 0; i < values.length; i++) {
      ByteUtils.writeVarlong(values[i] - before[i], out);
    }
  }

  private static long[] readLongs(long[] before, int written, ByteBuffer in) {
    long[] values = new long[before.length];
    Arrays.fill(values, Counter.UNKNOWN);
    for (int i = 0; i < written; i++) {
      values[i] = before[i] + ByteUtils.readVarlong(in);
    }
    return values;
  }

  /** Whole numbers as those, −1 for unknown; others as they are. */
  private static void writeGauges(double[] values, double[] before, DataOutputStream out)
      throws IOException {
    for (Gauge gauge : Gauge.values()) {
      int i = gauge.index();
      if (gauge.isWhole()) {
        ByteUtils.writeVarlong(whole(values[i]) - whole(before[i]), out);
      } else {
        out.writeDouble(values[i]);
      }
    }
  }

  private static double[] readGauges(double[] before, int written, ByteBuffer in) {
    double[] values = new double[Gauge.COUNT];
    Arrays.fill(values, Double.NaN);
    for (Gauge gauge : Gauge.values()) {
      int i = gauge.index();
      if (i < written && gauge.isWhole()) {
        long whole = whole(before[i]) + ByteUtils.readVarlong(in);
        values[i] = whole < 0 ? Double.NaN : whole;
      } else if (i < written) {
        values[i] = in.getDouble();
      }
    }
    return values;
  }

  private static long whole(double value) {
    return Double.isNaN(value) ? -1 : (long) value;
  }
}
