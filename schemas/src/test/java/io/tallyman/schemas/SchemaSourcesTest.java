package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaSourcesTest {

  @Test
  void everyRecordEnumAndFieldHasADoc() throws IOException {
    List<String> without = new ArrayList<>();
    for (Schema schema : namedTypes().values()) {
      if (isBlank(schema.getDoc())) {
        without.add(schema.getName());
      }
      if (schema.getType() == Schema.Type.RECORD) {
        schema.getFields().stream()
            .filter(field -> isBlank(field.doc()))
            .forEach(field -> without.add(schema.getName() + "." + field.name()));
      }
    }
    assertThat(without).isEmpty();
  }

  @Test
  void theDocOfAFieldThatCanBeNullSaysWhenAndOthersSayNever() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Schema schema : namedTypes().values()) {
      if (schema.getType() != Schema.Type.RECORD) {
        continue;
      }
      for (Schema.Field field : schema.getFields()) {
        boolean told =
            field.schema().isNullable()
                ? field.doc().toLowerCase(java.util.Locale.ROOT).contains("null ")
                : field.doc().toLowerCase(java.util.Locale.ROOT).contains("never null");
        if (!told) {
          silent.add(schema.getName() + "." + field.name());
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void everyEnumHasTheDefaultUnknown() throws IOException {
    assertThat(namedTypes().values())
        .filteredOn(schema -> schema.getType() == Schema.Type.ENUM)
        .isNotEmpty()
        .allSatisfy(schema -> assertThat(schema.getEnumDefault()).isEqualTo("UNKNOWN"));
  }

  @Test
  void everyFieldThatCanBeNullIsNullByDefault() throws IOException {
    for (Schema schema : namedTypes().values()) {
      if (schema.getType() == Schema.Type.RECORD) {
        assertThat(schema.getFields())
            .filteredOn(field -> field.schema().isNullable())
            .allSatisfy(field -> {
              assertThat(field.schema().getTypes().get(0).getType())
                  .as("%s.%s", schema.getName(), field.name())
                  .isEqualTo(Schema.Type.NULL);
              assertThat(field.hasDefaultValue())
                  .as("%s.%s", schema.getName(), field.name())
                  .isTrue();
            });
      }
    }
  }

  @Test
  void theGeneratedClassesCarryTheDocs() {
    for (Topic topic : Topics.records()) {
      Schema generated = Topics.recordSchema(topic);
      assertThat(generated.getFields()).allSatisfy(field -> assertThat(field.doc()).isNotBlank());
    }
  }

  static Schema source(Topic topic) throws IOException {
    return new Schema.Parser().parse(sourceText(topic));
  }

  static String sourceText(Topic topic) throws IOException {
    return Files.readString(
        Path.of("src/main/avro", Topics.recordSchema(topic).getName() + ".avsc"));
  }

  private static Map<String, Schema> namedTypes() throws IOException {
    Map<String, Schema> types = new LinkedHashMap<>();
    for (Topic topic : Topics.records()) {
      collect(source(topic), types);
    }
    assertThat(types).hasSizeGreaterThan(Topics.records().size());
    return types;
  }

  private static void collect(Schema schema, Map<String, Schema> types) {
    switch (schema.getType()) {
      case RECORD -> {
        types.put(schema.getFullName(), schema);
        schema.getFields().forEach(field -> collect(field.schema(), types));
      }
      case ENUM -> types.put(schema.getFullName(), schema);
      case ARRAY -> collect(schema.getElementType(), types);
      case MAP -> collect(schema.getValueType(), types);
      case UNION -> schema.getTypes().forEach(type -> collect(type, types));
      default -> {}
    }
  }

  private static boolean isBlank(String doc) {
    return doc == null || doc.isBlank();
  }
}
