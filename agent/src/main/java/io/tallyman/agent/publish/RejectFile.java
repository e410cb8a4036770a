package io.tallyman.agent.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tallyman.agent.spool.SpoolRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a lane that will never be sent, a line of JSON for each, with the payload in
 * Base64. When the file is full it becomes the old one, and the old one before it is gone. Safe
 * from any thread.
 */
final class RejectFile {

  private static final Logger log = LoggerFactory.getLogger(RejectFile.class);

  private final Path file;
  private final Path old;
  private final int maxBytes;
  private final JsonFactory json = new JsonFactory();

  RejectFile(Path file, int maxBytes) {
    this.file = file;
    this.old = file.resolveSibling(file.getFileName() + ".old");
    this.maxBytes = maxBytes;
  }

  /** Keeps a record if the disk lets it; says in the log what became of it. */
  synchronized void keep(SpoolRecord record, String why) {
    try {
      makeRoom();
      try (JsonGenerator line =
          json.createGenerator(
              Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
        line.writeStartObject();
        line.writeStringField("topic", record.topic());
        line.writeStringField("key", record.key());
        line.writeStringField("time", record.time().toString());
        line.writeStringField("reason", why);
        line.writeBinaryField("payload", record.payload());
        line.writeEndObject();
        line.writeRaw('\n');
      }
      log.error("A record for {} is never sent, it is kept in {}: {}", record.topic(), file, why);
    } catch (IOException e) {
      log.error("A record for {} is never sent and could not be kept", record.topic(), e);
    }
  }

  private void makeRoom() throws IOException {
    try {
      if (Files.size(file) >= maxBytes) {
        Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (NoSuchFileException e) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
  }
}
