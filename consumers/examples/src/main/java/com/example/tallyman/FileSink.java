package com.example.tallyman;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.schemas.RecordJson;
import io.tallyman.sink.RecordSink;
import io.tallyman.sink.SinkContext;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.SinkRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to a file, {@code PLACE<TAB>JSON} each. A line that was written and not committed
 * before a crash is written again; its place (topic, partition, offset) tells that it is there.
 */
final class FileSink implements RecordSink {

  private static final int MAX_LINE_BYTES = 1 << 20;
  private @Nullable FileChannel file;
  private long durableBytes;

  @Override
  public void open(SinkContext context) throws SinkException {
    var path = Path.of(context.options().required(FileProvider.PATH));
    try {
      file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      durableBytes = file.size();
    } catch (IOException e) {
      throw new SinkException.Unavailable(path + " cannot be opened: " + e.getMessage(), e);
    }
  }

  @Override
  public void put(List<SinkRecord> batch) throws SinkException {
    Map<SinkRecord, String> rejected = new LinkedHashMap<>();
    var lines = new StringBuilder();
    for (var record : batch) {
      var line = line(record);
      if (line.getBytes(UTF_8).length > MAX_LINE_BYTES) {
        rejected.put(record, "a line would be longer than " + MAX_LINE_BYTES + " bytes");
      } else {
        lines.append(line);
      }
    }
    if (!rejected.isEmpty()) {
      // Each becomes a dead letter; the rest of the batch comes again.
      throw new SinkException.Rejected(rejected);
    }
    var bytes = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
    try {
      while (bytes.hasRemaining()) {
        opened().write(bytes, opened().size());
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static String line(SinkRecord record) {
    var value = record.value();
    return record + "\t" + (value == null ? "null" : RecordJson.toJson(value)) + "\n";
  }

  @Override
  public void flush() throws SinkException {
    try {
      opened().force(false);
      durableBytes = opened().size();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** What was put since the last flush comes again. */
  private SinkException failed(IOException e) {
    try {
      opened().truncate(durableBytes);
    } catch (IOException again) {
      e.addSuppressed(again);
    }
    return new SinkException.Unavailable("the file cannot be written: " + e.getMessage(), e);
  }

  private FileChannel opened() {
    return Objects.requireNonNull(file, "not open");
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      // Everything that counts has been flushed.
    }
  }
}
