package io.tallyman.e2e.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.agent.spool.Spool;
import io.tallyman.agent.spool.SpoolListener;
import io.tallyman.agent.spool.SpoolRecord;
import io.tallyman.agent.spool.SpoolSettings;
import io.tallyman.schemas.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What a dead agent had accepted and not yet seen acknowledged. */
final class SpooledIds {

  private static final Path SPOOL = Path.of("agent", "spool", "events");
  private static final long MAX_BYTES = 256L << 20;
  private static final int READ_RECORDS = 1_000;
  private static final int READ_BYTES = 1 << 20;

  private SpooledIds() {}

  /**
   * Ids of the events in the spool, read as the next agent will read it.
   *
   * @param copy where a copy of the spool is made, so that the original stays as it was left
   */
  static Set<String> in(Path dataDirectory, Path copy) throws IOException {
    var spooled = dataDirectory.resolve(SPOOL);
    Set<String> ids = new HashSet<>();
    if (!Files.isDirectory(spooled)) {
      return ids;
    }
    Files.createDirectories(copy);
    try (var files = Files.list(spooled)) {
      for (var file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (var spool = Spool.open(SpoolSettings.events(copy, MAX_BYTES), SpoolListener.NONE)) {
      var reader = spool.reader();
      for (var batch = reader.read(READ_RECORDS, READ_BYTES);
          !batch.isEmpty();
          batch = reader.read(READ_RECORDS, READ_BYTES)) {
        for (var each : batch.records()) {
          if (each.record().topic().equals(Topics.EVENTS.name())) {
            ids.add(header(each.record(), "ce_id"));
          }
        }
      }
    }
    try (var files = Files.list(copy)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    return ids;
  }

  /** Payloads begin with their headers, each as length and name, length and value. */
  private static String header(SpoolRecord record, String wanted) {
    var payload = ByteBuffer.wrap(record.payload());
    for (var left = payload.get(); left > 0; left--) {
      var name = text(payload);
      var value = text(payload);
      if (name.equals(wanted)) {
        return value;
      }
    }
    throw new AssertionError("no header " + wanted + " in " + record);
  }

  private static String text(ByteBuffer payload) {
    var bytes = new byte[Short.toUnsignedInt(payload.getShort())];
    payload.get(bytes);
    return new String(bytes, UTF_8);
  }
}
