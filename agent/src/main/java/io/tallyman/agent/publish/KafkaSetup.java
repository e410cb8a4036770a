package io.tallyman.agent.publish;

import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaTopic;
import io.tallyman.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that are missing and publishes the schemas, older releases too because records
 * of an older agent may be in the spool, before the first record is sent and again when a producer
 * had to be given up. Safe from any thread; one works, the others wait.
 */
public final class KafkaSetup {

  /** What one lane found good is not looked at again by the other for this long. */
  static final Duration VALIDITY = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(KafkaSetup.class);

  private final KafkaSettings settings;
  private final Clock clock;
  private boolean done;
  private long doneNanos;

  public KafkaSetup(KafkaSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Does what is missing; blocks while Kafka does not answer, for a few timeouts of its clients.
   *
   * @throws RuntimeException when Kafka is away or refuses; try again later
   */
  public synchronized void ensure() {
    if (done && System.nanoTime() - doneNanos < VALIDITY.toNanos()) {
      return;
    }
    done = false;
    try (Admin admin = Admin.create(settings.clientConfig())) {
      Set<String> made = Topics.createMissing(admin, settings.topics());
      if (!made.isEmpty()) {
        log.info("Made the topics {}", String.join(", ", made));
      }
    }
    SchemaTopic.publisher(settings.clientConfig(), settings.topics().prefix(), clock)
        .publishMissing(ReleasedSchemas.all());
    done = true;
    doneNanos = System.nanoTime();
  }
}
