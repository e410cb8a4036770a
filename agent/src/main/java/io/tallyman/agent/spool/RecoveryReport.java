package io.tallyman.agent.spool;

import java.util.List;

/**
 * What was found when the spool was opened.
 *
 * @param inheritedRecords readable records beyond the durable cursor
 * @param bytes size of all segments
 * @param cursorLost the cursor was there but could not be read, so everything is sent again
 */
public record RecoveryReport(
    long inheritedRecords, long bytes, List<Damage> damage, boolean cursorLost) {

  public RecoveryReport {
    damage = List.copyOf(damage);
  }
}
