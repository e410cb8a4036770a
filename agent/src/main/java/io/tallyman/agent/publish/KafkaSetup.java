package io.tallyman.agent.publish;

import io.tallyman.schemas.ReleasedSchemas;
import io.tallyman.schemas.SchemaTopic;
import io.tallyman.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that are missing and publishes the schemas, older releases too because records
 * of an older agent may be in the spool, before the first record is sent and again when a producer
 * had to be given up. Safe from any thread; one works, the others wait.
 */
public final class KafkaSetup {

  /** How long Kafka may take to answer before it is told what becomes of the records meanwhile. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** What one lane found good is not looked at again by the other for this long. */
  static final Duration VALIDITY = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(KafkaSetup.class);

  private final KafkaSettings settings;
  private final Clock clock;
  private boolean done;
  private long doneNanos;
  private boolean waitTold;
  private boolean silenceTold;

  /** Kafka did not answer, which has been told. */
  static final class NoAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private NoAnswerException(String bootstrapServers, Throwable cause) {
      super("no answer from " + bootstrapServers, cause);
    }
  }

  public KafkaSetup(KafkaSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Does what is missing; blocks while Kafka does not answer, for a few timeouts of its clients.
   *
   * @throws NoAnswerException when Kafka is away
   * @throws RuntimeException when Kafka is away or refuses; try again later
   */
  public synchronized void ensure() {
    if (done && System.nanoTime() - doneNanos < VALIDITY.toNanos()) {
      return;
    }
    done = false;
    try (Admin admin = Admin.create(settings.clientConfig())) {
      awaitAnswer(admin);
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

  private void awaitAnswer(Admin admin) {
    KafkaFuture<?> answer = admin.describeCluster().clusterId();
    try {
      try {
        answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        tellOfWait();
        answer.get();
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
        tellOfSilence();
        throw new NoAnswerException(settings.bootstrapServers(), e);
      }
      throw new KafkaException(e.getCause());
    }
    if (waitTold || silenceTold) {
      waitTold = false;
      silenceTold = false;
      log.info("Kafka at {} answers", settings.bootstrapServers());
    }
  }

  /** No warning: on a busy machine it may only be slow. */
  private void tellOfWait() {
    if (!waitTold) {
      waitTold = true;
      log.info(
          "Kafka at {} has not answered yet; events and readings are kept in the spool until then",
          settings.bootstrapServers());
    }
  }

  private void tellOfSilence() {
    if (!silenceTold) {
      silenceTold = true;
      log.warn("Kafka at {} does not answer, it will be tried again", settings.bootstrapServers());
    }
  }
}
