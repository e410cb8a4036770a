package io.tallyman.sink.influxdb;

import io.tallyman.sink.SinkException;
import java.util.List;

/** Where lines go. One thread. */
interface LineStore {

  /** Lines in the form in which they are sent. */
  interface Request {

    /** Sends them and returns while they are under way. */
    Sending send();
  }

  /** A request that is under way. */
  interface Sending {

    /**
     * Waits for the answer.
     *
     * @throws SinkException.Unavailable when the store is away or asks to wait
     * @throws SinkException.CredentialsRefused when the store refuses the credentials
     */
    Answer await() throws SinkException;
  }

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

  /** Makes what has to be made before they can be sent, which takes time of this processor. */
  Request prepare(List<Line> lines);
}
