package io.tallyman.sink.prometheus;

import java.util.List;
import java.util.function.Function;

/**
 * A metric: a name, and what each container shows of it.
 *
 * @param type as the text format names it
 */
record Family(
    String name, String type, String help, Function<ShownContainer, List<Series>> series) {

  /**
   * A value.
   *
   * @param labels beside those of the container, written as they stand in the format; empty for
   *     none
   */
  record Series(String labels, Number value) {}
}
