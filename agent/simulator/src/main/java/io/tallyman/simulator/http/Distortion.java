package io.tallyman.simulator.http;

import java.io.IOException;

/** What happens to the parts of one body on their way out. Used by one thread. */
@FunctionalInterface
public interface Distortion {

  /** Sends a part, or something else in its place. */
  void send(byte[] part, Wire wire) throws IOException;

  /** Where the bytes go; everything is sent at once. */
  interface Wire {

    /** Sends a chunk. */
    void chunk(byte[] bytes) throws IOException;

    /**
     * Announces a chunk, sends that many of its bytes and cuts the connection.
     *
     * @throws IOException always: nothing can follow
     */
    void cutInside(byte[] bytes, int sent) throws IOException;
  }
}
