package io.tallyman.agent.events;

import io.tallyman.agent.identity.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The file of the checkpoint. It is there whole or not at all, whenever the machine stops. */
final class CheckpointFile {

  private final Path file;

  CheckpointFile(Path file) {
    this.file = file;
  }

  /**
   * What was written last.
   *
   * @throws NoSuchFileException when nothing ever was
   * @throws IOException when it cannot be read or made sense of
   */
  Checkpoint read() throws IOException {
    List<String> lines = Files.readAllLines(file);
    try {
      return Checkpoint.parse(lines);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged", e);
    }
  }

  /** When this returns the checkpoint survives a crash; when it throws, an older one may stand. */
  void write(Checkpoint checkpoint) throws IOException {
    String text = String.join("\n", checkpoint.lines()) + "\n";
    DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
