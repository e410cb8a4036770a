package io.tallyman.query.view;

import io.tallyman.query.topology.HostConflicts.Conflict;
import io.tallyman.v1.HostStatus;
import org.jspecify.annotations.Nullable;

/**
 * A host as it is shown.
 *
 * @param stale whether it has fallen silent
 * @param conflict when several agents report as this host; else null
 */
public record HostView(Observed<HostStatus> status, boolean stale, @Nullable Conflict conflict) {}
