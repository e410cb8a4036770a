package io.tallyman.sink;

import java.util.List;

/** Where records go that a sink cannot take. One thread uses an instance. */
public interface DeadLetters extends AutoCloseable {

  /**
   * Returns when every letter is acknowledged. Letters may have been written when this throws; a
   * second call writes them again.
   */
  void send(List<DeadLetter> letters) throws SinkException.Unavailable;

  @Override
  void close();
}
