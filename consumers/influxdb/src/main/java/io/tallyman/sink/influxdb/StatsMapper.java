package io.tallyman.sink.influxdb;

import io.tallyman.v1.ContainerStats;
import java.util.List;
import java.util.Set;

/** Turns samples into points; pure. The time of each point is the sample's own. */
interface StatsMapper {

  List<Point> map(ContainerStats stats);

  /** The fields that {@code fields=essential} keeps, as {@link #knows} takes them. */
  Set<String> essential();

  /** Whether a name is that of a field or a measurement of this layout. */
  boolean knows(String name);
}
