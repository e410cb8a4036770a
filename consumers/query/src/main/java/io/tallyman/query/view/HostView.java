package io.tallyman.query.view;

import io.tallyman.v1.HostStatus;

/**
 * A host as it is shown.
 *
 * @param stale whether it has fallen silent
 */
public record HostView(Observed<HostStatus> status, boolean stale) {}
