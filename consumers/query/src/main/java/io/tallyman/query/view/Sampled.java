package io.tallyman.query.view;

import io.tallyman.query.history.Rates;
import io.tallyman.v1.ContainerStats;

/** The newest sample of a container, and how fast its counters grew before it. */
public record Sampled(Observed<ContainerStats> sample, Rates rates) {}
