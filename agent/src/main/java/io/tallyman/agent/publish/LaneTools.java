package io.tallyman.agent.publish;

import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolListener;
import io.tallyman.agent.spool.SpoolSettings;
import java.io.IOException;
import java.time.Clock;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;

/**
 * What a lane works with; tests replace some of it.
 *
 * @param setup makes topics and schemas ready; may block, may throw, is called before each new
 *     producer
 */
record LaneTools(
    SpoolOpener spools,
    String topicPrefix,
    Runnable setup,
    Supplier<Producer<byte[], byte[]>> producers,
    Clock clock,
    Set<Mechanism> off) {

  /** As {@link Spool#open}. */
  interface SpoolOpener {
    Spool open(SpoolSettings settings, SpoolListener listener) throws IOException;
  }
}
