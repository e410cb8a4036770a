package io.tallyman.sink.influxdb;

import java.util.Map;
import java.util.SortedMap;

/**
 * A point of a time series. Points of the same measurement, tags and time are one: the later write
 * wins, field by field.
 *
 * @param tags sorted by name, as the store wants them
 * @param fields at least one, in the order of writing; each a Long, Integer, Double, Boolean or
 *     String
 * @param timeNanos since the epoch
 */
record Point(
    String measurement,
    SortedMap<String, String> tags,
    Map<String, Object> fields,
    long timeNanos) {}
