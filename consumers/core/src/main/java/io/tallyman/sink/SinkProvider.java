package io.tallyman.sink;

import java.util.List;

/**
 * Makes the sinks of one kind; found by name through {@link java.util.ServiceLoader}.
 *
 * <p>An implementation has a public constructor without arguments that does no I/O, and is named in
 * {@code META-INF/services/io.tallyman.sink.SinkProvider} of its jar.
 */
public interface SinkProvider {

  /** What users type; lower-case letters, digits, dots, dashes and underscores. */
  String name();

  /** One line for {@code --help}. */
  String description();

  List<SinkOption> options();

  /**
   * The topics that this kind reads unless it is told others: names in the catalogue, without the
   * prefix.
   */
  List<String> topics();

  /** What of the topics its sinks read. */
  default Reading reading() {
    return Reading.GROUP;
  }

  /**
   * Checks the values of the options, before anything is asked or waited for.
   *
   * @throws IllegalArgumentException when one is wrong; the message says which and why
   */
  default void check(SinkOptions options) {}

  /** A sink that is not open yet; every worker gets one of its own. */
  RecordSink create();
}
