package io.tallyman.agent.spool;

import java.time.Instant;
import java.util.Arrays;

/**
 * A record as the spool keeps it. The spool does not look into the payload.
 *
 * @param topic name in the catalogue, without the prefix
 * @param key UTF-8 text of the Kafka key
 * @param schemaId id of the schema the payload was written with, so that it goes out under that one
 *     after an upgrade; 0 when there is none
 * @param time when what it tells happened
 * @param payload not copied: the caller must not change it afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // copied once less on each way; equality is by content
public record SpoolRecord(String topic, String key, int schemaId, Instant time, byte[] payload) {

  @Override
  public boolean equals(Object other) {
    return other instanceof SpoolRecord that
        && topic.equals(that.topic)
        && key.equals(that.key)
        && schemaId == that.schemaId
        && time.equals(that.time)
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return 31 * key.hashCode() + Arrays.hashCode(payload);
  }

  /** Without the payload, which must not reach a log. */
  @Override
  public String toString() {
    return topic + " " + key + " schema " + schemaId + " " + payload.length + " bytes";
  }
}
