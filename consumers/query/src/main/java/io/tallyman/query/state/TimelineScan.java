package io.tallyman.query.state;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a timeline, from new to old.
 *
 * @param store name of the timeline's store
 * @param from key or bound, inclusive
 * @param before key or bound, exclusive
 * @param limit of records that match
 */
public record TimelineScan(String store, String from, String before, Filter filter, int limit) {

  /**
   * What a record has to match; absent or empty lets everything pass, and so does what a kind of
   * record does not have.
   *
   * @param host id or name
   * @param container full id, prefix of 12 or more, or name at the time
   * @param kinds names of actions, reasons or resources
   * @param streams names
   * @param active whether an alert has not been cleared
   */
  public record Filter(
      @Nullable String host,
      @Nullable String container,
      Set<String> kinds,
      Set<String> streams,
      @Nullable Boolean active) {

    /** Copies the sets. */
    public Filter {
      kinds = Set.copyOf(kinds);
      streams = Set.copyOf(streams);
    }
  }
}
