package io.tallyman.sink.mongodb;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.WriteConcern;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The sink's options, checked.
 *
 * @param ttl whole seconds, at least one; empty when nothing expires
 * @param bulkSize most operations in one bulk
 */
record MongoOptions(ConnectionString uri, String database, Optional<Duration> ttl, int bulkSize) {

  /** Below these the worker stays in its group, which it would leave after five minutes. */
  private static final int SELECT_SERVER_MILLIS = 10_000;

  private static final int CONNECT_MILLIS = 10_000;
  private static final int READ_MILLIS = 60_000;
  private static final int WRITE_CONCERN_MILLIS = 30_000;

  private static final Duration LONGEST_TTL = Duration.ofSeconds(Integer.MAX_VALUE);
  private static final int LARGEST_BULK = 100_000;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException when one is missing or wrong; the message shows no secret
   */
  static MongoOptions of(SinkOptions options) {
    var ttl = options.text(MongoProvider.TTL).map(_ -> options.duration(MongoProvider.TTL));
    ttl.ifPresent(time -> {
      if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(LONGEST_TTL) > 0) {
        throw new IllegalArgumentException(
            "option ttl must be from 1s to " + Integer.MAX_VALUE + "s");
      }
    });
    int bulkSize = options.integer(MongoProvider.BULK_SIZE);
    if (bulkSize < 1 || bulkSize > LARGEST_BULK) {
      throw new IllegalArgumentException("option bulk-size must be from 1 to " + LARGEST_BULK);
    }
    return new MongoOptions(
        uri(options.required(MongoProvider.URI)),
        database(options.required(MongoProvider.DATABASE)),
        ttl,
        bulkSize);
  }

  /** The driver's own message may quote what it took for a host, which may be a password. */
  private static ConnectionString uri(String text) {
    try {
      return new ConnectionString(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "option uri must be mongodb://[USER:PASSWORD@]HOST[:PORT][,…]/[?OPTIONS] or"
              + " mongodb+srv://…, with @ : / % in user and password percent-encoded");
    }
  }

  private static String database(String name) {
    if (!name.matches("[^/\\\\. \"$*<>:|?]{1,63}")) {
      throw new IllegalArgumentException(
          "option database is '" + name + "', which is no name of a MongoDB database");
    }
    return name;
  }

  /** What the URI says; where it says nothing of times, limits that suit a worker. */
  MongoClientSettings.Builder settings(SinkContext context) {
    var settings = MongoClientSettings.builder().applyConnectionString(uri);
    if (uri.getApplicationName() == null) {
      settings.applicationName("tallyman-" + context.name());
    }
    if (uri.getServerSelectionTimeout() == null) {
      settings.applyToClusterSettings(
          cluster -> cluster.serverSelectionTimeout(SELECT_SERVER_MILLIS, TimeUnit.MILLISECONDS));
    }
    settings.applyToSocketSettings(socket -> {
      if (uri.getConnectTimeout() == null) {
        socket.connectTimeout(CONNECT_MILLIS, TimeUnit.MILLISECONDS);
      }
      if (uri.getSocketTimeout() == null) {
        socket.readTimeout(READ_MILLIS, TimeUnit.MILLISECONDS);
      }
    });
    return settings.writeConcern(
        WriteConcern.MAJORITY
            .withJournal(true)
            .withWTimeout(WRITE_CONCERN_MILLIS, TimeUnit.MILLISECONDS));
  }
}
