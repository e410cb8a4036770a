package io.tallyman.broker;

import java.nio.file.Path;

/**
 * How an {@link EmbeddedBroker} runs.
 *
 * @param dataDirectory where topics and metadata are kept; made when missing, and the broker's
 *     alone
 * @param port the port on 127.0.0.1, or 0 for any free one; may differ from start to start
 * @param minFreeBytes with less than this free on the disk the start is refused
 */
public record BrokerConfig(Path dataDirectory, int port, long minFreeBytes) {

  /** Room for the first segments and their indexes. */
  public static final long DEFAULT_MIN_FREE_BYTES = 128L * 1024 * 1024;

  public BrokerConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
    }
    if (minFreeBytes < 0) {
      throw new IllegalArgumentException("minFreeBytes must not be negative");
    }
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
  }

  /** With the usual demand for free space. */
  public BrokerConfig(Path dataDirectory, int port) {
    this(dataDirectory, port, DEFAULT_MIN_FREE_BYTES);
  }
}
