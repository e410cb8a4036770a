/** Writes records to InfluxDB, and to what speaks its line protocol. */
@NullMarked
package io.tallyman.sink.influxdb;

import org.jspecify.annotations.NullMarked;
