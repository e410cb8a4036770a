package io.tallyman.sink;

/** What must be done before a worker can read, such as making the topics. */
@FunctionalInterface
public interface Preparation {

  /** Does it; may be called again, after an error or by another worker. */
  void prepare() throws SinkException;
}
