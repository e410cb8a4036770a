package io.tallyman.query.view;

import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * A record and its time: what it states, unless it was appended before that.
 *
 * @param time see above; to the microsecond where the record's own counts
 */
public record Observed<T extends SpecificRecord>(T value, Instant time) {

  static <T extends SpecificRecord> Observed<T> of(T value, Instant stated, long timeMillis) {
    return new Observed<>(
        value, stated.toEpochMilli() == timeMillis ? stated : Instant.ofEpochMilli(timeMillis));
  }
}
