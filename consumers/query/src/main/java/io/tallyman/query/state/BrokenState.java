package io.tallyman.query.state;

import java.util.stream.Stream;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.rocksdb.RocksDBException;

/** Tells failures of the state on disk, which building it anew mends, from others. */
final class BrokenState {

  private BrokenState() {}

  static boolean isBehind(Throwable failure) {
    return Stream.iterate(failure, next -> next != null, Throwable::getCause)
        .anyMatch(
            next -> next instanceof ProcessorStateException || next instanceof RocksDBException);
  }
}
