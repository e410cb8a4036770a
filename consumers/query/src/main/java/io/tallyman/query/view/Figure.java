package io.tallyman.query.view;

import java.util.List;

/** What totals and top lists show of containers. */
public enum Figure {
  CPU_PERCENT("cpu", "percent", false),
  CPU_USAGE("cpu", "usageNanos", true),
  MEMORY_USED("memory", "usedBytes", true),
  MEMORY_WORKING_SET("memory", "workingSetBytes", true),
  RX_RATE("network", "rxBytesPerSecond", false),
  TX_RATE("network", "txBytesPerSecond", false),
  RX("network", "rxBytes", true),
  TX("network", "txBytes", true),
  READ_RATE("blockIo", "readBytesPerSecond", false),
  WRITE_RATE("blockIo", "writeBytesPerSecond", false),
  READ("blockIo", "readBytes", true),
  WRITE("blockIo", "writeBytes", true),
  PIDS("pids", "current", true);

  /** What a container that shares another's network repeats. */
  static final List<Figure> NETWORK = List.of(RX_RATE, TX_RATE, RX, TX);

  private final String group;
  private final String field;
  private final boolean whole;

  Figure(String group, String field, boolean whole) {
    this.group = group;
    this.field = field;
    this.whole = whole;
  }

  /** Its place among the others, in memory and as stored. */
  @SuppressWarnings("EnumOrdinal") // what the order is for
  int index() {
    return ordinal();
  }

  /** Name of the part that it is shown in. */
  public String group() {
    return group;
  }

  /** Name in that part. */
  public String field() {
    return field;
  }

  /** Whether its values are whole numbers. */
  public boolean isWhole() {
    return whole;
  }
}
