package io.tallyman.query;

/** Where the service is on its way to answering from state. */
public enum QueryState {
  /** Kafka has not answered yet, or topics are being made. */
  STARTING,
  /** State is being restored or moved, or what Kafka had is being read; requests get 503. */
  RESTORING,
  /** Requests are answered. */
  RUNNING,
  /** The last attempt failed; another follows. */
  FAILED,
  /** Closed for good. */
  CLOSED
}
