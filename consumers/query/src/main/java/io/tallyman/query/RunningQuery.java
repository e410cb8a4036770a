package io.tallyman.query;

import io.micronaut.context.ApplicationContext;
import io.tallyman.query.live.LiveFeed;
import io.tallyman.query.state.FleetStreams;
import io.tallyman.query.topology.RecordDecoder;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A query service that was started. Safe from any thread. */
public final class RunningQuery implements AutoCloseable {

  private final URI url;
  private final ApplicationContext context;
  private final FleetStreams streams;
  private final LiveFeed feed;
  private final RecordDecoder decoder;
  private final AutoCloseable peers;
  private final AutoCloseable metrics;

  RunningQuery(
      URI url,
      ApplicationContext context,
      FleetStreams streams,
      LiveFeed feed,
      RecordDecoder decoder,
      AutoCloseable peers,
      AutoCloseable metrics) {
    this.url = url;
    this.context = context;
    this.streams = streams;
    this.feed = feed;
    this.decoder = decoder;
    this.peers = peers;
    this.metrics = metrics;
  }

  /** Where it answers, without a slash at the end. */
  public URI url() {
    return url;
  }

  /** What it is made of, for tests. */
  ApplicationContext context() {
    return context;
  }

  /** Where it is on its way to answering from state. */
  public QueryState state() {
    return streams.state();
  }

  /** What keeps it from running, in one line; null when nothing is known to. */
  public @Nullable String problem() {
    return streams.problem();
  }

  /** Stops answering and leaves the group, within 2 s; a second call does nothing. */
  @Override
  public synchronized void close() {
    if (!context.isRunning()) {
      return;
    }
    Thread leaving = Thread.ofPlatform().name("query-close").start(streams::close);
    feed.close();
    context.close();
    try {
      leaving.join();
      peers.close();
      metrics.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("What served the queries cannot be closed", e);
    }
    decoder.close();
  }
}
