package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;

class ReleasedSchemasTest {

  private static final Path RELEASED = Path.of("src/released");

  @Test
  void allIdsDiffer() {
    assertThat(ReleasedSchemas.all()).extracting(ReleasedSchema::id).doesNotHaveDuplicates();
    assertThat(ReleasedSchemas.all())
        .extracting(ReleasedSchema::id)
        .allMatch(SchemaIds::isComputed);
  }

  /** From an independent implementation of CRC-64-AVRO over the minified files. */
  @Test
  void idsOfTheFirstReleaseNeverChange() {
    assertThat(ReleasedSchemas.all())
        .filteredOn(released -> released.version() == 1)
        .extracting(released -> released.schema().getName() + " " + released.id())
        .containsExactlyInAnyOrder(
            "ContainerEvent 1785709842",
            "ContainerStats 1161276096",
            "ContainerState 1569978085",
            "HostStatus 1323900612",
            "StreamGap 2119221082",
            "ContainerAlert 1850677602");
  }

  @Test
  void theCurrentSchemasAreTheNewestReleased() throws IOException {
    for (Topic topic : Topics.records()) {
      String name = Topics.recordSchema(topic).getName();
      ReleasedSchema newest = ReleasedSchemas.newest("io.tallyman.v1." + name).orElseThrow();
      assertThat(SchemaIds.minify(SchemaSourcesTest.sourceText(topic)))
          .as(
              "src/main/avro/%s.avsc differs from its newest release: copy it to src/released/%d/"
                  + " (see RATIONALE.md, \"How is a schema changed?\")",
              name, ReleasedSchemas.RELEASES + 1)
          .isEqualTo(newest.text());
    }
  }

  @Test
  void everyReleasedFileIsShipped() throws IOException {
    TreeSet<String> files = new TreeSet<>();
    try (Stream<Path> paths = Files.walk(RELEASED)) {
      paths
          .filter(Files::isRegularFile)
          .forEach(path -> files.add(RELEASED.relativize(path).toString()));
    }
    TreeSet<String> shipped = new TreeSet<>();
    for (ReleasedSchema released : ReleasedSchemas.all()) {
      shipped.add(released.version() + "/" + released.schema().getName() + ".avsc");
    }
    assertThat(shipped).isEqualTo(files);
  }

  /** FULL_TRANSITIVE: each version reads each other version, whichever came first. */
  @Test
  void everyVersionOfARecordReadsEveryOther() {
    for (ReleasedSchema reader : ReleasedSchemas.all()) {
      for (ReleasedSchema writer : ReleasedSchemas.all()) {
        if (reader.topic().equals(writer.topic())) {
          assertThat(compatibility(reader.schema(), writer.schema()).getType())
              .as(
                  "%s: version %d reads version %d",
                  reader.topic().name(), reader.version(), writer.version())
              .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
      }
    }
  }

  @Test
  void theGeneratedClassesReadAndAreReadByEveryVersion() {
    for (ReleasedSchema released : ReleasedSchemas.all()) {
      Schema current = Topics.recordSchema(released.topic());
      assertThat(
              List.of(
                  compatibility(current, released.schema()).getType(),
                  compatibility(released.schema(), current).getType()))
          .containsOnly(SchemaCompatibilityType.COMPATIBLE);
    }
  }

  @Test
  void idsAndTextsBelongTogether() {
    for (ReleasedSchema released : ReleasedSchemas.all()) {
      assertThat(SchemaIds.of(released.text())).isEqualTo(released.id());
      assertThat(ReleasedSchemas.byId(released.id())).contains(released);
      assertThat(ReleasedSchemas.resolver().resolve(released.id())).contains(released.schema());
      assertThat(released.text()).contains("\"doc\":").doesNotContain("\n");
    }
  }

  /** The fingerprint of "null" is printed in Avro's specification: 63dd24e7cc258f8a. */
  @Test
  void theIdIsTheLow30BitsOfTheFingerprint() {
    assertThat(SchemaIds.of("\"null\"")).isEqualTo(0x4c258f8a);
  }

  @Test
  void minifyingDropsWhiteSpaceAlone() {
    assertThat(SchemaIds.minify("{ \"b\" : [ 1.0, null ],\n \"a\": \"x y…\" }"))
        .isEqualTo("{\"b\":[1.0,null],\"a\":\"x y…\"}");
  }

  private static SchemaCompatibility.SchemaPairCompatibility compatibility(
      Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
  }
}
