package io.tallyman.e2e.planted.agent;

/** What the planted schemas must not see. */
public record Agent() {}
