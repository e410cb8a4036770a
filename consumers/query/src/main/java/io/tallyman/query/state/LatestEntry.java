package io.tallyman.query.state;

import io.tallyman.query.history.Rates;

/** The newest sample of a container, framed, and how fast its counters grew before it. */
public record LatestEntry(StoreEntry sample, Rates rates) {}
