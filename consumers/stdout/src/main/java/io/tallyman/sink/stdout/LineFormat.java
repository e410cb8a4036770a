package io.tallyman.sink.stdout;

import io.tallyman.sink.SinkRecord;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a record as one line of UTF-8 text, with the line's end. */
@FunctionalInterface
interface LineFormat {

  void write(SinkRecord record, OutputStream to) throws IOException;
}
