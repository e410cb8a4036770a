package io.tallyman.query.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.query.FleetRecords;
import io.tallyman.v1.Action;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

class LiveChannelTest {

  private static final Instant T = Instant.parse("2026-03-01T12:00:00Z");
  private static final long SECOND = LiveChannel.STATS_INTERVAL_NANOS;
  private static final String C = FleetRecords.id("c1");

  private final LiveFilter everything = LiveFilter.all();
  private final FrameCounter counter = new FrameCounter();

  @Test
  void samplesMeltIntoOneFrameASecondThatAllClientsShare() {
    LiveChannel channel = new LiveChannel(everything, counter, 0);
    Reader one = join(channel, Long.MAX_VALUE);
    Reader two = join(channel, Long.MAX_VALUE);
    channel.take(FleetRecords.sample("h", C, "app", 1, T), T.toEpochMilli());
    channel.flush("e0-1", 1);
    channel.take(FleetRecords.sample("h", C, "app", 3, T.plusSeconds(2)), T.toEpochMilli());
    channel.take(FleetRecords.sample("h", C, "app", 2, T.plusSeconds(1)), T.toEpochMilli());
    channel.flush("e0-1", SECOND);
    assertThat(one.frames).as("too early for another").hasSize(1);
    channel.flush("e0-1", SECOND + 1);
    assertThat(one.frames).hasSize(2);
    assertThat(one.text(1)).contains("\"percent\":3.0").doesNotContain("\"percent\":2.0");
    assertThat(one.text(1)).as("no later than the append").contains("\"asOf\":\"" + T + "\"");
    assertThat(two.frames.get(1)).isSameAs(one.frames.get(1));
  }

  @Test
  void eventsGoAtOnceWithThePositionToResumeFrom() {
    LiveChannel channel = new LiveChannel(everything, counter, 0);
    Reader reader = join(channel, Long.MAX_VALUE);
    channel.take(FleetRecords.event("h", C, "app", Action.START, T), T.toEpochMilli());
    channel.take(FleetRecords.event("h", C, "app", Action.DIE, T), T.toEpochMilli());
    channel.flush("e0-7", 1);
    assertThat(reader.frames).hasSize(1);
    assertThat(reader.text(0)).startsWith("id: e0-7\nevent: events\ndata: {").endsWith("}\n\n");
  }

  @Test
  void onlyTheLastOfManyFramesMovesThePosition() {
    LiveChannel channel = new LiveChannel(everything, counter, 0);
    Reader reader = join(channel, Long.MAX_VALUE);
    for (int n = 0; n <= Pending.MAX_ITEMS; n++) {
      channel.take(FleetRecords.event("h", C, "app", Action.OOM, T), T.toEpochMilli());
    }
    channel.flush("e0-7", 1);
    assertThat(reader.frames).hasSize(2);
    assertThat(reader.text(0)).startsWith("event: events\n");
    assertThat(reader.text(1)).startsWith("id: e0-7\nevent: events\n");
  }

  @Test
  void gapsAndAlertsHaveFramesOfTheirOwn() {
    LiveChannel channel =
        new LiveChannel(new LiveFilter(Set.of(LiveKind.GAPS, LiveKind.ALERTS), "h", C), counter, 0);
    Reader reader = join(channel, Long.MAX_VALUE);
    channel.take(FleetRecords.gap("h", T), T.toEpochMilli());
    channel.take(FleetRecords.gap("other", T), T.toEpochMilli());
    channel.take(FleetRecords.alert("h", C, "app", T), T.toEpochMilli());
    channel.take(FleetRecords.alert("h", FleetRecords.id("c2"), "app2", T), T.toEpochMilli());
    channel.flush("e0-7", 1);
    assertThat(reader.frames).hasSize(2);
    assertThat(reader.text(0))
        .contains("event: gaps")
        .contains("\"hostId\":\"h\"")
        .doesNotContain("other");
    assertThat(reader.text(1)).contains("event: alerts").contains("\"app\"").doesNotContain("app2");
  }

  @Test
  void filtersKeepTheRestAway() {
    LiveChannel channel =
        new LiveChannel(new LiveFilter(Set.of(LiveKind.STATS), "h1", "app"), counter, 0);
    Reader reader = join(channel, Long.MAX_VALUE);
    channel.take(FleetRecords.event("h1", C, "app", Action.START, T), T.toEpochMilli());
    channel.take(FleetRecords.sample("h2", C, "app", 1, T), T.toEpochMilli());
    channel.take(FleetRecords.sample("h1", C, "other", 1, T), T.toEpochMilli());
    channel.flush("e0-1", 1);
    assertThat(reader.frames).isEmpty();
  }

  @Test
  void silenceIsBrokenBySignsOfLife() {
    LiveChannel channel = new LiveChannel(everything, counter, 0);
    Reader reader = join(channel, Long.MAX_VALUE);
    channel.flush("e0-1", LiveChannel.ALIVE_INTERVAL_NANOS - 1);
    assertThat(reader.frames).isEmpty();
    channel.flush("e0-1", LiveChannel.ALIVE_INTERVAL_NANOS);
    assertThat(reader.text(0)).isEqualTo(": alive\nid: e0-1\n\n");
  }

  @Test
  void aClientThatDoesNotReadIsCutAndTheOthersAreServed() {
    LiveChannel channel = new LiveChannel(everything, counter, 0);
    Reader slow = join(channel, 1);
    Reader fast = join(channel, Long.MAX_VALUE);
    int frames = LiveClient.MAX_QUEUED_FRAMES + 2;
    for (int n = 0; n < frames; n++) {
      channel.take(FleetRecords.event("h", C, "app", Action.OOM, T), T.toEpochMilli());
      channel.flush("e0-" + n, n);
    }
    assertThat(slow.frames).hasSize(1);
    assertThat(slow.failure).isInstanceOf(SlowClientException.class);
    assertThat(fast.frames).hasSize(frames);
    assertThat(fast.failure).isNull();
    assertThat(channel.size()).isEqualTo(1);
  }

  @Test
  void aClientThatIsTooManyBytesBehindIsCut() {
    LiveClient client = new LiveClient(LiveFilter.all(), null);
    Reader slow = new Reader(1);
    client.frames().subscribe(slow);
    byte[] large = new byte[(int) LiveClient.MAX_QUEUED_BYTES + 1];
    byte[] half = new byte[(int) LiveClient.MAX_QUEUED_BYTES / 2];
    assertThat(client.offer(large)).as("read at once, however large").isTrue();
    assertThat(client.offer(half)).isTrue();
    assertThat(client.offer(half)).isTrue();
    Objects.requireNonNull(slow.subscription).request(1);
    assertThat(client.offer(half)).as("room for what was read").isTrue();
    assertThat(client.offer(new byte[1])).isFalse();
    assertThat(slow.frames).hasSize(2);
    assertThat(slow.failure).isInstanceOf(SlowClientException.class);
  }

  @Test
  void oneFrameWaitsHoweverLargeItIs() {
    LiveClient client = new LiveClient(LiveFilter.all(), null);
    client.frames().subscribe(new Reader(0));
    assertThat(client.offer(new byte[(int) LiveClient.MAX_QUEUED_BYTES + 1])).isTrue();
    assertThat(client.offer(new byte[1])).isFalse();
  }

  @Test
  void aClientThatLeftIsForgotten() {
    LiveChannel channel = new LiveChannel(everything, counter, 0);
    Reader reader = join(channel, Long.MAX_VALUE);
    assertThat(channel.isEmpty()).isFalse();
    Objects.requireNonNull(reader.subscription).cancel();
    assertThat(channel.isEmpty()).isTrue();
  }

  private static Reader join(LiveChannel channel, long demand) {
    LiveClient client = new LiveClient(LiveFilter.all(), null);
    Reader reader = new Reader(demand);
    client.frames().subscribe(reader);
    channel.join(client);
    return reader;
  }

  /** Asks for so many frames and no more. */
  private static final class Reader implements Subscriber<byte[]> {

    private final List<byte[]> frames = new ArrayList<>();
    private final long demand;
    private @Nullable Subscription subscription;
    private @Nullable Throwable failure;

    Reader(long demand) {
      this.demand = demand;
    }

    String text(int frame) {
      return new String(frames.get(frame), StandardCharsets.UTF_8);
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      if (demand > 0) {
        given.request(demand);
      }
    }

    @Override
    public void onNext(byte[] frame) {
      frames.add(frame);
    }

    @Override
    public void onError(Throwable cause) {
      failure = cause;
    }

    @Override
    public void onComplete() {}
  }
}
