package io.tallyman.agent.alerts;

import io.tallyman.agent.identity.DurableFile;
import io.tallyman.v1.ContainerAlert;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Keeps the episodes on disk, so that what was raised before a restart is cleared after it.
 *
 * <p>An Avro data file that is replaced whole; it carries its schema, so a later version reads it.
 * Used by one thread; constructing does no I/O.
 */
final class EpisodeFile {

  private static final String TOLD = "told";
  private static final String RAISED = "raised";
  private static final String CLEARED = "cleared";

  private static final Schema SCHEMA =
      SchemaBuilder.record("OpenEpisode")
          .namespace("io.tallyman.agent.alerts")
          .fields()
          .requiredBoolean(TOLD)
          .name(RAISED)
          .type(ContainerAlert.getClassSchema())
          .noDefault()
          .name(CLEARED)
          .type(SchemaBuilder.nullable().type(ContainerAlert.getClassSchema()))
          .noDefault()
          .endRecord();

  private static final SpecificData MODEL = SpecificData.getForClass(ContainerAlert.class);

  private final Path file;
  private final Set<Mechanism> off;

  EpisodeFile(Path file, Set<Mechanism> off) {
    this.file = file;
    this.off = off;
  }

  /**
   * What an earlier run left; nothing where there is no file.
   *
   * @throws IOException when there is one that cannot be read
   */
  List<Episode> read() throws IOException {
    try {
      return decoded(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (AvroRuntimeException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Keeps these and no others. */
  void write(Collection<Episode> episodes) throws IOException {
    if (!off.contains(Mechanism.EPISODE_FILE)) {
      DurableFile.replace(file, encoded(episodes));
    }
  }

  static List<Episode> decoded(byte[] bytes) throws IOException {
    List<Episode> episodes = new ArrayList<>();
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(
            new SeekableByteArrayInput(bytes), new SpecificDatumReader<>(SCHEMA, SCHEMA, MODEL))) {
      for (GenericRecord each : reader) {
        episodes.add(
            new Episode(
                (ContainerAlert) each.get(RAISED),
                (boolean) each.get(TOLD),
                (ContainerAlert) each.get(CLEARED)));
      }
    }
    return episodes;
  }

  static byte[] encoded(Collection<Episode> episodes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(SCHEMA, MODEL))) {
      writer.create(SCHEMA, bytes);
      for (Episode episode : episodes) {
        GenericRecord row = new GenericData.Record(SCHEMA);
        row.put(TOLD, episode.told());
        row.put(RAISED, episode.raised());
        row.put(CLEARED, episode.cleared());
        writer.append(row);
      }
    }
    return bytes.toByteArray();
  }
}
