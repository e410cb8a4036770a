package io.tallyman.query.state;

import java.util.Set;
import org.apache.kafka.streams.state.HostInfo;

/** The way to other instances of the service. Safe from any thread. */
public interface Peers {

  /**
   * Partitions of a store that another instance has. It speaks for whoever makes this call, and
   * asks that instance alone: what is not there is a {@link NotReadyException}, and so is an
   * instance that does not answer.
   *
   * @param standby whether a copy will do that may lag behind
   */
  Shard shard(HostInfo instance, String store, Set<Integer> partitions, boolean standby);
}
