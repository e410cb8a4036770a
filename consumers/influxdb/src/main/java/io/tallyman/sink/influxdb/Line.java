package io.tallyman.sink.influxdb;

import io.tallyman.sink.SinkRecord;

/**
 * A line to be written.
 *
 * @param owner the record that it tells of
 * @param text with its line break
 */
record Line(SinkRecord owner, long timeNanos, String text) {}
