package io.tallyman.query.view;

import io.tallyman.v1.ContainerStats;

/**
 * What one container uses, or used.
 *
 * @param stats its newest sample, which says who it is
 * @param stale whether the figures are older than they should be
 */
public record Used(ContainerStats stats, Figures figures, boolean stale) {}
