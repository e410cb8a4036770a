package io.tallyman.sink.mongodb;

/**
 * A collection that the sink writes.
 *
 * <p>{@link #expiry} is the field with the time from which an optional time to live counts; a
 * document without it never expires.
 */
enum Target {
  EVENTS("events", "time"),
  STATS("stats", "sampledAt"),
  CONTAINERS("containers", "removedAt"),
  HOSTS("hosts", "removedAt"),
  GAPS("gaps", "to"),
  ALERTS("alerts", "since");

  private final String collection;
  private final String expiry;

  Target(String collection, String expiry) {
    this.collection = collection;
    this.expiry = expiry;
  }

  String collection() {
    return collection;
  }

  String expiry() {
    return expiry;
  }
}
