package io.tallyman.agent.publish;

import io.tallyman.agent.spool.SpoolRecord;
import java.util.concurrent.CompletableFuture;

/** Where a lane keeps its records until Kafka has them, and the lane's figures. */
interface LaneStore extends Backlog {

  /** See {@link Lane#offer}. */
  CompletableFuture<Acceptance> offer(SpoolRecord record);

  /** See {@link Lane#offerReserved}. */
  CompletableFuture<Acceptance> offerReserved(SpoolRecord record);

  /** Counts a record that could not even be written. */
  void countUnwritable();

  /** See {@link Lane#snapshot}. */
  Lane.LaneSnapshot snapshot();

  /** Leaves on disk what Kafka has not acknowledged, and gives the directory back. */
  void close();
}
