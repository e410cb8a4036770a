package io.tallyman.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.spool.SpoolSettings.WhenFull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpoolDamageTest {

  private static final int RECORDS = 12;
  private static final int PAYLOAD = 90;

  @Test
  void tailIsCutAtTheLastWholeFrameWhereverItEnds() throws IOException {
    byte[] whole = segmentOf(RECORDS);
    List<Integer> ends = frameEnds(whole.length);
    for (int length = ends.get(RECORDS - 4); length <= whole.length; length++) {
      int cut = length;
      ModelSpool it = withSegment(Arrays.copyOf(whole, length));
      int kept = (int) ends.stream().filter(end -> end <= cut).count();

      assertThat(it.ids()).as("cut at %d", cut).isEqualTo(ids(0, kept));
      assertThat(it.spool().recovery().damage())
          .as("cut at %d", cut)
          .isEqualTo(
              ends.contains(cut)
                  ? List.of()
                  : List.of(new Damage.TornTail(kept + 1, cut - ends.get(kept - 1))));
      assertThat(it.files.content(it.segments().getFirst())).hasSize(ends.get(kept - 1));
    }
  }

  @Test
  void flippedByteCostsOneRecordAndIsReported() throws IOException {
    byte[] whole = segmentOf(RECORDS);
    List<Integer> ends = frameEnds(whole.length);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0xFF;
      ModelSpool it = withSegment(damaged);
      int flipped = at;
      int hit = (int) ends.stream().filter(end -> end <= flipped).count();

      List<Integer> rest = new ArrayList<>(ids(0, RECORDS));
      rest.remove(Integer.valueOf(hit));
      assertThat(it.ids()).as("flip at %d", at).isEqualTo(rest);
      int frameBytes = ends.get(hit) - (hit == 0 ? 0 : ends.get(hit - 1));
      assertThat(it.spool().recovery().damage())
          .as("flip at %d", at)
          .containsExactly(
              hit == RECORDS - 1
                  ? new Damage.TornTail(RECORDS, frameBytes)
                  : new Damage.Corruption(hit + 1, hit + 1, frameBytes));
      assertThat(it.spool().snapshot().inherited()).isEqualTo(RECORDS - 1);
    }
  }

  @Test
  void recordThatGoesBadWhileTheSpoolIsOpenIsReportedOnceAndCounted() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, RECORDS, PAYLOAD);
    Path segment = it.segments().getFirst();
    byte[] content = it.files.content(segment);
    content[content.length / 2] ^= 1;
    it.files.replace(segment, content);

    assertThat(it.ids()).hasSize(RECORDS - 1);
    assertThat(it.ids()).hasSize(RECORDS - 1);

    assertThat(it.damage).hasSize(1);
    assertThat(it.spool().snapshot().corrupted()).isEqualTo(1);
    assertThat(it.spool().snapshot().spooled()).isEqualTo(RECORDS - 1);
  }

  @Test
  void corruptionIsReportedAtEachOpenUntilALaterRecordIsCommitted() throws IOException {
    byte[] damaged = segmentOf(RECORDS);
    damaged[10] ^= 1;
    ModelSpool it = withSegment(damaged);
    Damage lost = it.spool().recovery().damage().getFirst();
    it.spool().close();
    assertThat(it.open().recovery().damage()).containsExactly(lost);

    it.spool().reader().commit(2);
    it.spool().close();

    assertThat(it.open().recovery().damage()).isEmpty();
  }

  @Test
  void missingSegmentIsReportedWithTheNumberOfItsRecords() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, 30, 300);
    it.spool().close();
    Path second = it.segments().get(1);
    long first = first(second);
    long next = first(it.segments().get(2));
    it.files.remove(second);

    assertThat(it.open().recovery().damage())
        .containsExactly(new Damage.Corruption(first, next - 1, 0));
    assertThat(it.ids()).hasSize((int) (30 - (next - first)));
  }

  @Test
  void unreadableCursorMeansThatEverythingIsSentAgain() throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, RECORDS, PAYLOAD);
    it.spool().reader().commit(5);
    it.passMillis(100);
    it.spool().commitPending();
    it.files.kill();
    Path cursor = SpoolScenario.DIRECTORY.resolve("cursor");
    byte[] content = it.files.content(cursor);
    for (int at = 0; at < content.length; at++) {
      byte[] damaged = content.clone();
      damaged[at] ^= 1;
      it.files.replace(cursor, damaged);

      assertThat(it.open().recovery().cursorLost()).isTrue();
      assertThat(it.ids()).isEqualTo(ids(0, RECORDS));
      it.files.kill();
    }
  }

  @Test
  void frameInsideAPayloadIsNoRecord() throws IOException {
    byte[] forged = segmentOf(1);
    ModelSpool it = new ModelSpool(WhenFull.REFUSE, 12);
    SpoolRecord plain = Issued.record(0, 0);
    CompletableFuture<AppendOutcome> outcome =
        it.spool().append(new SpoolRecord(plain.topic(), plain.key(), 1, plain.time(), forged));
    it.spool().commitPending();
    assertThat(outcome).isCompletedWithValue(new AppendOutcome.Accepted(1));
    it.append(1, 3, PAYLOAD);
    it.spool().close();
    Path segment = it.segments().getFirst();
    byte[] content = it.files.content(segment);
    content[8] ^= 1;
    it.files.replace(segment, content);

    it.open();

    assertThat(it.ids()).containsExactly(1, 2);
  }

  private static byte[] segmentOf(int records) throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, records, PAYLOAD);
    return it.files.content(it.segments().getFirst());
  }

  private static ModelSpool withSegment(byte[] content) throws IOException {
    ModelSpool it = new ModelSpool(WhenFull.REFUSE);
    it.append(0, RECORDS, PAYLOAD);
    it.spool().close();
    it.files.replace(it.segments().getFirst(), content);
    it.open();
    return it;
  }

  private static List<Integer> frameEnds(int total) {
    List<Integer> ends = new ArrayList<>();
    int end = 0;
    for (int id = 0; id < RECORDS; id++) {
      byte[] body = FrameCodec.body(Issued.record(id, PAYLOAD));
      end += FrameCodec.OVERHEAD_BYTES + (body == null ? 0 : body.length);
      ends.add(end);
    }
    assertThat(end).isEqualTo(total);
    return ends;
  }

  private static long first(Path segment) {
    SegmentName name = SegmentName.parse(segment.getFileName().toString());
    return name == null ? -1 : name.first();
  }

  private static List<Integer> ids(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
