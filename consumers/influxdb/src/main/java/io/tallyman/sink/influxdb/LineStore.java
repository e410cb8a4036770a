package io.tallyman.sink.influxdb;

import io.tallyman.sink.SinkException;
import java.util.List;

/** Where lines go, in one request. */
interface LineStore {

  /** What became of a request. */
  sealed interface Answer {

    /** All is durable. */
    record Stored() implements Answer {}

    /** That many points were older than the retention, and the others may be stored or not. */
    record TooOld(int points) implements Answer {}

    /** At least one line is bad; the others may be stored or not. */
    record Refused(String reason) implements Answer {}

    /** More than the store takes in one request. */
    record TooLarge() implements Answer {}
  }

  /**
   * Writes lines.
   *
   * @throws SinkException.Unavailable when the store is away or asks to wait
   * @throws SinkException.CredentialsRefused when the store refuses the credentials
   */
  Answer write(List<Line> lines) throws SinkException;
}
