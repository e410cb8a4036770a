package io.tallyman.broker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Kafka from ending the process. Kafka halts the JVM when its only log directory fails; here
 * the brokers of this JVM are told instead, and whoever runs them decides.
 *
 * <p>Kafka has one halt procedure for each JVM and does not say which broker called it, so all that
 * run are told.
 */
final class HaltGuard {

  private static final Set<EmbeddedBroker> BROKERS = ConcurrentHashMap.newKeySet();

  private HaltGuard() {}

  static synchronized void add(EmbeddedBroker broker) {
    if (BROKERS.isEmpty()) {
      Exit.setHaltProcedure((_, message) -> refuse(message));
      Exit.setExitProcedure((_, message) -> refuse(message));
    }
    BROKERS.add(broker);
  }

  static synchronized void remove(EmbeddedBroker broker) {
    BROKERS.remove(broker);
    if (BROKERS.isEmpty()) {
      Exit.resetHaltProcedure();
      Exit.resetExitProcedure();
    }
  }

  private static void refuse(@Nullable String message) {
    var reason = message == null ? "its storage failed" : message;
    BROKERS.forEach(broker -> broker.halted(reason));
    // The caller counts on not coming back.
    throw new IllegalStateException("Kafka gave up: " + reason);
  }
}
