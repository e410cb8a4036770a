package io.tallyman.sink;

import java.util.List;

/**
 * Writes records to a store.
 *
 * <p>Guarantee: when {@link #flush} returns, every record that was given to {@link #put} before it
 * is durable in the store; only then does the worker commit. {@code put} may see a record again
 * (after a crash, a rebalance, or any error of the batch that held it), so writing one twice must
 * leave the store as writing it once does.
 *
 * <p>Order: the records of one partition come in the order of their offsets. After an error the
 * whole batch comes again, without the records that were rejected; between partitions there is no
 * order.
 *
 * <p>Threads: every call comes from the one thread of the worker that owns this instance; several
 * workers have one instance each. A constructor does no I/O.
 *
 * <p>Errors: each method that throws says what shall happen by the {@link SinkException} that it
 * picks; whatever else it throws stops this sink, and no other. After an error the sink forgets
 * what was put since the last flush that returned, because it will be put again.
 */
public interface RecordSink extends AutoCloseable {

  /**
   * Connects and checks that the store is fit to be written to. Called again after it threw {@link
   * SinkException.Unavailable}, never after it returned.
   *
   * @throws IllegalArgumentException when an option is wrong; the message says which and why
   */
  void open(SinkContext context) throws SinkException;

  /** Takes a batch, which is never empty; may buffer it until {@link #flush}. */
  void put(List<SinkRecord> batch) throws SinkException;

  /** Returns when everything that was put is durable in the store. */
  void flush() throws SinkException;

  /**
   * Releases what {@link #open} took; writes nothing. May be called twice, and without an {@code
   * open} that succeeded.
   */
  @Override
  void close();
}
