package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every sink must pass whose store remembers what was written. */
public abstract class StoreSinkContract extends RecordSinkContract {

  /** All that is in the store, in a form in which two stores are equal when they hold the same. */
  protected abstract Object content();

  /** Makes the store unreachable. */
  protected abstract void stopStore();

  /** Makes the store reachable again, with what it held. */
  protected abstract void startStore();

  /** Makes the store refuse the credentials that {@link #context} has. */
  protected abstract void refuseCredentials();

  /** A record that the store will never take, with that offset. */
  protected abstract SinkRecord unacceptable(long offset);

  @Test
  void redeliveryLeavesTheStoreAsItIs() throws SinkException {
    var sink = openSink();
    write(sink, records());
    var once = content();

    write(sink, records());

    assertThat(content()).isEqualTo(once);
  }

  @Test
  void replayOfARangeLeavesTheStoreAsItIs() throws SinkException {
    var sink = openSink();
    var all = samples(90);
    write(sink, all.subList(0, 30));
    write(sink, all.subList(30, 60));
    write(sink, all.subList(60, 90));
    var before = content();

    write(sink, all.subList(20, 70));

    assertThat(content()).isEqualTo(before);
  }

  @Test
  void aCrashAfterTheWriteLeavesNoTrace() throws SinkException {
    var crashed = openSink();
    write(crashed, samples(20));
    var before = content();

    write(openSink(), samples(20));

    assertThat(content()).isEqualTo(before);
  }

  @Test
  void aCrashBeforeTheFlushLosesNothing() throws SinkException {
    var crashed = openSink();
    crashed.put(samples(20));

    write(openSink(), samples(20));

    assertThat(samples(20)).allMatch(this::holds);
  }

  @Test
  void oneBadRecordIsSingledOut() throws SinkException {
    var sink = openSink();
    var good = samples(20);
    var bad = unacceptable(1_000);
    var batch = new ArrayList<>(good);
    batch.add(7, bad);

    var rejection = catchThrowableOfType(SinkException.Rejected.class, () -> write(sink, batch));

    assertThat(rejection).isNotNull();
    assertThat(rejection.reasons()).containsOnlyKeys(bad);
    assertThat(rejection.reasons().get(bad)).isNotBlank();
    write(sink, good);
    assertThat(good).allMatch(this::holds);
    assertThat(holds(bad)).isFalse();
  }

  @Test
  void writesAgainOnceTheStoreIsBack() throws SinkException {
    var sink = openSink();
    stopStore();
    assertThatThrownBy(() -> write(sink, samples(5))).isInstanceOf(SinkException.Unavailable.class);

    startStore();
    write(sink, samples(5));

    assertThat(samples(5)).allMatch(this::holds);
  }

  @Test
  void opensOnceTheStoreIsThere() throws SinkException {
    stopStore();
    var sink = newSink();
    try {
      assertThatThrownBy(() -> sink.open(context())).isInstanceOf(SinkException.Unavailable.class);

      startStore();
      sink.open(context());
      write(sink, samples(1));
    } finally {
      sink.close();
    }

    assertThat(samples(1)).allMatch(this::holds);
  }

  @Test
  void refusedCredentialsAreToldApart() {
    refuseCredentials();

    assertThatThrownBy(() -> write(openSink(), samples(1)))
        .isInstanceOf(SinkException.CredentialsRefused.class);
  }

  @Test
  void anOlderStateNeverOverwritesANewer() throws SinkException {
    var sink = openSink();
    var older = state("exited", -60, 1);
    var newer = state("running", 0, 2);
    write(sink, List.of(newer));
    var before = content();

    write(sink, List.of(older));

    assertThat(content()).isEqualTo(before);
    assertThat(holds(newer)).isTrue();
  }

  @Test
  void theNewestStateOfABatchWins() throws SinkException {
    var sink = openSink();
    var older = state("running", 0, 1);
    var newer = state("exited", 60, 2);

    write(sink, List.of(older, newer));

    assertThat(holds(newer)).isTrue();
  }

  /** The agent saw the last state, by its clock, after the engine had destroyed it by its own. */
  @Test
  void whatIsGoneIsToldThoughItsLastStateIsOfLaterThanItsEnd() throws SinkException {
    var sink = openSink();
    write(sink, List.of(state("exited", -1, 1)));
    var tombstone = Samples.tombstone(Samples.CONTAINER_ID, 2);
    var before = Samples.TIME.minusSeconds(2).toString();
    tombstone.headers().remove("ce_time").add("ce_time", before.getBytes(UTF_8));

    write(sink, List.of(tombstone));

    assertThat(isGone(tombstone)).isTrue();
  }

  /** Whether the store shows that the container of a tombstone is gone. */
  protected boolean isGone(SinkRecord tombstone) {
    return holds(tombstone);
  }

  private static SinkRecord state(String state, int seconds, long offset) {
    return Samples.sinkRecord(
        Samples.state().setState(state).setAsOf(Samples.TIME.plusSeconds(seconds)).build(), offset);
  }

  private static void write(RecordSink sink, List<SinkRecord> batch) throws SinkException {
    sink.put(batch);
    sink.flush();
  }
}
