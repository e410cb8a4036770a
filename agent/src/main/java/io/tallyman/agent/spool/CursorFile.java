package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that says how far the spool was committed. It is there whole or not at all. */
final class CursorFile {

  private static final Logger log = LoggerFactory.getLogger(CursorFile.class);

  private final FileSystemPort files;
  private final Path directory;
  private final Path file;
  private final Path draft;
  private final Set<Mechanism> off;

  CursorFile(FileSystemPort files, Path directory, Set<Mechanism> off) {
    this.files = files;
    this.directory = directory;
    this.file = directory.resolve("cursor");
    this.draft = directory.resolve("cursor.tmp");
    this.off = off;
  }

  boolean exists() {
    return files.exists(file);
  }

  /** Empty when there is none or it cannot be made sense of. */
  OptionalLong read() throws IOException {
    return exists() ? Cursor.decode(files.read(file, 0, Cursor.BYTES)) : OptionalLong.empty();
  }

  /** When this returns the cursor survives a crash; when it throws the old one may still stand. */
  void write(long committed) throws IOException {
    try {
      try (FileSystemPort.AppendFile next = files.create(draft)) {
        next.write(Cursor.encode(committed));
        next.force();
      }
      files.rename(draft, file);
    } catch (IOException e) {
      deleteDraft();
      throw e;
    }
    if (!off.contains(Mechanism.DIRECTORY_FSYNC)) {
      files.fsyncDirectory(directory);
    }
  }

  private void deleteDraft() {
    try {
      files.delete(draft);
    } catch (IOException e) {
      log.debug("Cannot delete {}", draft, e);
    }
  }
}
