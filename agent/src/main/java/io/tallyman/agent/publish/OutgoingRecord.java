package io.tallyman.agent.publish;

import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to Kafka.
 *
 * @param topic name in the catalogue, without the prefix
 * @param key UTF-8 text of the Kafka key
 * @param value null for a tombstone
 * @param time when what it tells happened; goes into the headers
 * @param hostId for the headers; a tombstone has no value that could tell it
 */
public record OutgoingRecord(
    String topic, String key, @Nullable SpecificRecord value, Instant time, String hostId) {}
