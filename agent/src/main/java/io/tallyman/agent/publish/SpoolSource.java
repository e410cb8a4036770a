package io.tallyman.agent.publish;

import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolBatch;
import io.tallyman.agent.spool.SpoolReader;
import io.tallyman.agent.spool.SpooledRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The backlog that lies in a spool. */
final class SpoolSource implements Backlog {

  private final Spool spool;
  private final Losses losses;
  private volatile SpoolReader reader;

  SpoolSource(Spool spool, Losses losses) {
    this.spool = spool;
    this.losses = losses;
    this.reader = spool.reader();
  }

  @Override
  public List<Parcel> take(int maxRecords, int maxBytes, Duration wait)
      throws IOException, InterruptedException {
    SpoolReader current = reader;
    if (!current.await(wait)) {
      return List.of();
    }
    SpoolBatch batch = current.read(maxRecords, maxBytes);
    batch.damage().forEach(losses::damaged);
    List<Parcel> parcels = new ArrayList<>(batch.records().size());
    for (SpooledRecord each : batch.records()) {
      losses.passed(each);
      parcels.add(new Parcel(each.sequence(), each.record()));
    }
    return parcels;
  }

  @Override
  public void acknowledged(Parcel parcel) {
    reader.commit(parcel.sequence());
  }

  @Override
  public void rejected(Parcel parcel) {
    reader.reject(parcel.sequence());
  }

  @Override
  public void rewind() {
    reader = spool.reader();
  }

  @Override
  public boolean isEmpty() {
    return spool.isEmpty();
  }
}
