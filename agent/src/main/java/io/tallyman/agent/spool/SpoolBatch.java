package io.tallyman.agent.spool;

import java.util.List;

/**
 * What a reader found next, in order.
 *
 * @param damage frames that turned out to be unreadable since the spool was opened; each is told
 *     once
 */
public record SpoolBatch(List<SpooledRecord> records, List<Damage.Corruption> damage) {

  public SpoolBatch {
    records = List.copyOf(records);
    damage = List.copyOf(damage);
  }

  /** Whether nothing was found. */
  public boolean isEmpty() {
    return records.isEmpty() && damage.isEmpty();
  }
}
