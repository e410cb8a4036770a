package io.tallyman.query.view;

import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import org.jspecify.annotations.Nullable;

/**
 * A gap as it is shown.
 *
 * @param hostName null when the host is not known
 */
public record GapView(Observed<StreamGap> gap, @Nullable String hostName) {

  static GapView of(Observed<StreamGap> gap, Fleet fleet) {
    Observed<HostStatus> host = fleet.hostsById().get(gap.value().getHostId());
    return new GapView(gap, host == null ? null : host.value().getHostName());
  }
}
