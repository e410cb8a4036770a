package io.tallyman.sink.stdout;

import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Prints records, a line each.
 *
 * <p>Lines are never torn, also between workers. What was printed when the process was killed
 * before the commit is printed again. When the reader of the pipe has gone the sink {@linkplain
 * SinkException.Ended ends}; any other error of the stream is a failure. The stream is flushed, but
 * never closed.
 */
final class StdoutSink implements RecordSink {

  /** A batch is written in pieces of about this size, always at the end of a line. */
  private static final int MAX_BUFFER_BYTES = 1 << 20;

  /** There is one standard output, and there may be several workers. */
  private static final Object ONE_AT_A_TIME = new Object();

  private final OutputStream out;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 16);
  private LineFormat format = new JsonLines();

  StdoutSink(OutputStream out) {
    this.out = out;
  }

  @Override
  public void open(SinkContext context) {
    format = context.options().oneOf(StdoutProvider.FORMAT, Format.class).lines();
  }

  @Override
  public void put(List<SinkRecord> batch) throws SinkException.Ended {
    buffer.reset();
    for (var record : batch) {
      try {
        format.write(record, buffer);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (buffer.size() > MAX_BUFFER_BYTES) {
        write();
      }
    }
    write();
  }

  private void write() throws SinkException.Ended {
    synchronized (ONE_AT_A_TIME) {
      try {
        buffer.writeTo(out);
      } catch (IOException e) {
        throw failed(e);
      }
    }
    buffer.reset();
  }

  @Override
  public void flush() throws SinkException.Ended {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The JDK tells a closed pipe from a full disk by the text alone. */
  private static SinkException.Ended failed(IOException e) {
    var message = String.valueOf(e.getMessage());
    if (message.contains("Broken pipe") || message.contains("Pipe closed")) {
      return new SinkException.Ended("the reader of standard output has gone");
    }
    throw new UncheckedIOException("standard output cannot be written: " + message, e);
  }

  @Override
  public void close() {}
}
