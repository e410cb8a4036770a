package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.sink.SinkRecord;
import io.tallyman.testkit.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldTest {

  private static final SinkRecord FIRST = Samples.tombstone("a", 1);
  private static final SinkRecord SECOND = Samples.tombstone("a", 2);
  private static final SinkRecord THIRD = Samples.tombstone("a", 3);

  private final Fold fold = new Fold();

  @Test
  void onlyTheNewestStateOfADocumentStays() {
    fold.add(FIRST, state("a", 20, 1));
    fold.add(SECOND, state("a", 10, 2));
    fold.add(THIRD, state("b", 5, 3));

    assertThat(fold.changes(Target.CONTAINERS))
        .containsExactly(
            new Fold.Entry<>(FIRST, state("a", 20, 2)), new Fold.Entry<>(THIRD, state("b", 5, 3)));
  }

  @Test
  void aRemovalStaysUnlessAStateCameAfterIt() {
    fold.add(FIRST, state("a", 99, 1));
    fold.add(SECOND, removal("a", 2));
    fold.add(FIRST, removal("b", 1));
    fold.add(SECOND, state("b", 1, 2));

    assertThat(fold.changes(Target.CONTAINERS))
        .containsExactly(
            new Fold.Entry<>(FIRST, state("a", 99, 1)),
            new Fold.Entry<>(SECOND, state("b", 1, 2)),
            new Fold.Entry<>(SECOND, removal("a", 2)));
  }

  @Test
  void ofTwoRemovalsTheLaterStays() {
    fold.add(FIRST, removal("a", 1));
    fold.add(SECOND, removal("a", 2));

    assertThat(fold.changes(Target.CONTAINERS))
        .containsExactly(new Fold.Entry<>(SECOND, removal("a", 2)));
  }

  @Test
  void factsStayAsTheyCame() {
    var fact = new Change.Fact(Target.EVENTS, "e", Map.of());
    fold.add(FIRST, fact);
    fold.add(SECOND, fact);

    assertThat(fold.changes(Target.EVENTS)).hasSize(2);
    assertThat(fold.changes(Target.STATS)).isEmpty();
  }

  private static Change.State state(String id, long asOfMicros, long order) {
    return new Change.State(Target.CONTAINERS, id, asOfMicros, Map.of(), List.of(), order);
  }

  private static Change.Removal removal(String id, long order) {
    return new Change.Removal(Target.CONTAINERS, id, Map.of(), Map.of(), order);
  }
}
