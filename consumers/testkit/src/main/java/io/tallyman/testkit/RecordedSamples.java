package io.tallyman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.v1.ContainerStats;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/**
 * What an agent read on ten ticks of a Docker Engine 20.10 with version 1 of control groups: a
 * container with a limit that writes, one that is busy, one without network and one on the host's.
 */
public final class RecordedSamples {

  private static final List<ContainerStats> ALL = load();

  private RecordedSamples() {}

  /** In the order in which they were published. */
  public static List<ContainerStats> all() {
    return ALL;
  }

  /** The n-th, over and over again, to be changed. */
  public static ContainerStats.Builder nth(int n) {
    return ContainerStats.newBuilder(ALL.get(n % ALL.size()));
  }

  private static List<ContainerStats> load() {
    var file =
        Objects.requireNonNull(RecordedSamples.class.getResourceAsStream("recorded-stats.jsonl"));
    var reader = new SpecificDatumReader<>(ContainerStats.class);
    var samples = new ArrayList<ContainerStats>();
    try (var lines = new BufferedReader(new InputStreamReader(file, UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var decoder = DecoderFactory.get().jsonDecoder(ContainerStats.getClassSchema(), line);
        samples.add(reader.read(null, decoder));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(samples);
  }
}
