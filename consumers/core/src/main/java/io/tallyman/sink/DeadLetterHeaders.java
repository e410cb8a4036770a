package io.tallyman.sink;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Adds what went wrong to a record's headers, under Kafka Connect's names. */
final class DeadLetterHeaders {

  static final String PREFIX = "__connect.errors.";

  /** Keeps a dead letter near the size of its record, which a topic takes by definition. */
  private static final int MAX_TEXT_CHARS = 4096;

  private DeadLetterHeaders() {}

  static Headers of(DeadLetter letter, String sinkName, int worker) {
    var original = letter.original();
    var headers = new RecordHeaders(original.headers().toArray());
    set(headers, "topic", original.topic());
    set(headers, "partition", Integer.toString(original.partition()));
    set(headers, "offset", Long.toString(original.offset()));
    set(headers, "connector.name", sinkName);
    set(headers, "task.id", Integer.toString(worker));
    set(headers, "stage", letter.stage().name());
    set(headers, "class.name", letter.failedIn().getName());
    set(headers, "exception.class.name", letter.cause().getClass().getName());
    set(headers, "exception.message", letter.reason());
    set(headers, "exception.stacktrace", stackTrace(letter.cause()));
    return headers;
  }

  private static void set(Headers headers, String name, String value) {
    var text = value.length() > MAX_TEXT_CHARS ? value.substring(0, MAX_TEXT_CHARS) : value;
    headers.remove(PREFIX + name);
    headers.add(PREFIX + name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String stackTrace(Throwable cause) {
    var text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
