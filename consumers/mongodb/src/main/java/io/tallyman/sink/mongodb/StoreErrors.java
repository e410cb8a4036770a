package io.tallyman.sink.mongodb;

import com.mongodb.MongoClientException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.bulk.BulkWriteError;
import io.tallyman.sink.SinkException;
import java.util.Set;

/** What the driver's errors mean for the worker. */
final class StoreErrors {

  /** What an error says about one operation. */
  enum Kind {
    /** It may pass. */
    PASSING,
    /** We may not do that. */
    REFUSED,
    /** It will be the same at every try. */
    LASTING
  }

  /** Unauthorized, AuthenticationFailed, MechanismUnavailable, AtlasError. */
  private static final Set<Integer> REFUSED = Set.of(13, 18, 334, 8000);

  /**
   * In this order: host unreachable, host not found, lock timeout, time limit, write concern
   * failed, network timeout, shutdown, write concern cannot be met now, write conflict, no primary
   * to read from, majority not known yet, stale epoch, network time limit, temporarily unavailable,
   * socket, not the primary, interrupted (three), stale configuration, not the primary (two), disk
   * full, too many requests.
   */
  private static final Set<Integer> PASSING =
      Set.of(
          6, 7, 24, 50, 64, 89, 91, 100, 112, 133, 134, 150, 189, 262, 365, 9001, 10107, 11600,
          11601, 11602, 13388, 13435, 13436, 14031, 16500);

  private static final int DUPLICATE_KEY = 11000;

  /** Other indexes may have it in their names, such as {@code host_id_1}. */
  private static final String OF_THE_ID = "index: _id_ ";

  private static final int MAX_REASON_CHARS = 300;

  private StoreErrors() {}

  static Kind kind(BulkWriteError error) {
    // Two writers made one document at once: the next try finds it.
    if (error.getCode() == DUPLICATE_KEY && error.getMessage().contains(OF_THE_ID)) {
      return Kind.PASSING;
    }
    return kind(error.getCode());
  }

  private static Kind kind(int code) {
    if (REFUSED.contains(code)) {
      return Kind.REFUSED;
    }
    return PASSING.contains(code) ? Kind.PASSING : Kind.LASTING;
  }

  /** In a few words, without the document that the store may have quoted at length. */
  static String reason(BulkWriteError error) {
    String text = "MongoDB error " + error.getCode() + ": " + error.getMessage();
    return text.length() <= MAX_REASON_CHARS ? text : text.substring(0, MAX_REASON_CHARS) + "…";
  }

  /**
   * The worker's error for one that concerns no single document.
   *
   * @throws MongoException the same, when it is none of those: the sink then stops with it
   */
  static SinkException of(MongoException error) {
    return switch (error) {
      case MongoSecurityException security when passesFrom(security) -> unavailable(error);
      case MongoSecurityException _ -> refused(error);
      case MongoConfigurationException _ -> throw error;
      case MongoIncompatibleDriverException _ -> throw error;
      case MongoWriteConcernException _ -> unavailable(error);
      case MongoServerException server -> ofServer(server);
      case MongoClientException _ -> unavailable(error);
      case MongoSocketException _ -> unavailable(error);
      default -> unavailable(error);
    };
  }

  private static SinkException ofServer(MongoServerException error) {
    return switch (kind(error.getCode())) {
      case REFUSED -> refused(error);
      case PASSING -> unavailable(error);
      case LASTING -> {
        if (error.hasErrorLabel("RetryableWriteError")) {
          yield unavailable(error);
        }
        throw error;
      }
    };
  }

  /** The handshake broke for another reason than the password. */
  private static boolean passesFrom(MongoSecurityException error) {
    return switch (error.getCause()) {
      case MongoSocketException _ -> true;
      case MongoCommandException command -> kind(command.getCode()) == Kind.PASSING;
      case null, default -> false;
    };
  }

  static SinkException.Unavailable unavailable(MongoException error) {
    return new SinkException.Unavailable("MongoDB does not take writes: " + text(error), error);
  }

  static SinkException.CredentialsRefused refused(MongoException error) {
    return new SinkException.CredentialsRefused(
        "MongoDB refuses the user of tallyman.mongodb.uri: " + text(error), error);
  }

  private static String text(MongoException error) {
    String text = String.valueOf(error.getMessage());
    return text.length() <= MAX_REASON_CHARS ? text : text.substring(0, MAX_REASON_CHARS) + "…";
  }
}
