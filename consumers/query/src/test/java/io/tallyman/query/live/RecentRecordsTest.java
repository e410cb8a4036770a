package io.tallyman.query.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RecentRecordsTest {

  private static final TopicPartition EVENTS = new TopicPartition("events", 0);
  private static final TopicPartition GAPS = new TopicPartition("gaps", 0);

  private final RecentRecords recent = new RecentRecords();

  @Test
  void whatCameAfterAPositionComesOverAllPartitionsInOrder() {
    begin(10, 0);
    take(EVENTS, 10);
    take(GAPS, 0);
    take(EVENTS, 12);
    assertThat(recent.position()).hasToString("e0-13.g0-1");
    assertThat(since("e0-11.g0-0")).hasValue(List.of("events12", "gaps0"));
    assertThat(since("e0-10.g0-1")).hasValue(List.of("events10", "events12"));
    assertThat(since("e0-13.g0-1")).hasValue(List.of());
  }

  @Test
  void whatIsNoLongerKnownIsNotPassedOffAsNothing() {
    begin(10, 0);
    assertThat(since("e0-9.g0-0")).isEmpty();
    assertThat(since("g0-0")).as("a partition that the client knows nothing of").isEmpty();
    for (int n = 0; n <= RecentRecords.share(2); n++) {
      take(EVENTS, 10 + n);
    }
    assertThat(since("e0-10.g0-0")).as("the first one was dropped").isEmpty();
    assertThat(since("e0-11.g0-0"))
        .hasValueSatisfying(all -> assertThat(all).hasSize(RecentRecords.share(2)));
  }

  @Test
  void largeRecordsCountByTheirSize() {
    begin(0, 0);
    int half = RecentRecords.MAX_BYTES / 4;
    for (int n = 0; n < 3; n++) {
      recent.take(new ConsumerRecord<>(EVENTS.topic(), 0, n, new byte[0], new byte[half]));
    }
    assertThat(since("e0-0.g0-0")).isEmpty();
    assertThat(since("e0-1.g0-0")).hasValueSatisfying(all -> assertThat(all).hasSize(2));
  }

  @Test
  void anotherInstanceMayHaveReadALittleFurther() {
    begin(10, 0);
    assertThat(since("e0-15.g0-0")).hasValue(List.of());
    assertThat(since("e0-" + (11 + RecentRecords.MAX_RECORDS) + ".g0-0"))
        .as("offsets of other topics")
        .isEmpty();
  }

  @Test
  void whatIsNoPositionIsSeenAsSuch() {
    assertThat(Position.parse("a0-1.e12-345"))
        .hasValueSatisfying(position -> assertThat(position).hasToString("a0-1.e12-345"));
    for (String text :
        List.of(
            "",
            "e0",
            "e0-",
            "e0-1.",
            ".e0-1",
            "e0-1..g0-1",
            "e0--1",
            "e0-1 g0-1",
            "x".repeat(9000))) {
      assertThat(Position.parse(text)).as(text).isEmpty();
    }
  }

  private void begin(long events, long gaps) {
    recent.begin(LiveKind.EVENTS, EVENTS, events);
    recent.begin(LiveKind.GAPS, GAPS, gaps);
  }

  private void take(TopicPartition partition, long offset) {
    recent.take(
        new ConsumerRecord<>(
            partition.topic(), partition.partition(), offset, new byte[0], new byte[] {1}));
  }

  private Optional<List<String>> since(String position) {
    return recent
        .since(Position.parse(position).orElseThrow())
        .map(records -> records.stream().map(record -> record.topic() + record.offset()).toList());
  }
}
