package io.tallyman.sink.mongodb;

import java.util.List;
import java.util.Map;

/**
 * What a record asks of the store. Each change may be made any number of times, and those of a
 * {@link Fold} in any order, with the same result.
 */
sealed interface Change {

  Target target();

  /** The document's {@code _id}. */
  String id();

  /** Something that happened once: the first report of it stays, later ones change nothing. */
  record Fact(Target target, String id, Map<String, Object> fields) implements Change {}

  /**
   * How something is now: replaces what is older, and only that.
   *
   * @param asOfMicros since 1970; stands in {@code fields} as {@code asOfMicros} too
   * @param absent fields that the document no longer has
   * @param order place in the log; tells whether a removal came after it
   */
  record State(
      Target target,
      String id,
      long asOfMicros,
      Map<String, Object> fields,
      List<String> absent,
      long order)
      implements Change {

    State at(long otherOrder) {
      return new State(target, id, asOfMicros, fields, absent, otherOrder);
    }
  }

  /**
   * The thing is gone: its document stays as it is and says so, until a state comes after this.
   *
   * @param removedAt fields that say when
   * @param origin fields of a document that has to be made, because no state was seen
   * @param order place in the log: states and removals of one thing are in one partition, so it
   *     orders them, which their own times would not, because two clocks make them
   */
  record Removal(
      Target target,
      String id,
      Map<String, Object> removedAt,
      Map<String, Object> origin,
      long order)
      implements Change {}

  /**
   * One end of an alert's episode, which is one document: it has the fields of the end that came
   * last in the episode, and in {@code raised} the reading that began it.
   *
   * @param last whether nothing of the episode comes after this
   * @param raised what to keep of the reading that began it; empty for the other end
   */
  record Episode(String id, Map<String, Object> fields, boolean last, Map<String, Object> raised)
      implements Change {

    @Override
    public Target target() {
      return Target.ALERTS;
    }
  }
}
