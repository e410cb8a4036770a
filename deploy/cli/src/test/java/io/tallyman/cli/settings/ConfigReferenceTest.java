package io.tallyman.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {

  private static final Path README = Path.of("..", "..", "README.md");

  /** {@code -Dtallyman.readme.write=true} writes the table into the README. */
  @Test
  void readmeHoldsTheCatalogue() throws IOException {
    String document = Files.readString(README);
    String expected = ConfigReference.replaceIn(document);
    assertThat(expected).as("markers in README.md").isNotNull();
    if (Boolean.getBoolean("tallyman.readme.write")) {
      Files.writeString(README, expected);
    }
    assertThat(Files.readString(README)).isEqualTo(expected);
  }

  @Test
  void everyKeyIsDocumentedAndItsDefaultCanBeRead() {
    for (ConfigKey<?> key : Catalogue.builtIn().keys()) {
      assertThat(key.name()).matches("tallyman(\\.[a-z]+(-[a-z]+)*)+");
      assertThat(key.doc()).as(key.name()).endsWith(".").hasSizeGreaterThan(10);
      assertThat(key.parts()).as(key.name()).isNotEmpty().containsAll(key.flagParts());
      if (key.defaultText() != null) {
        assertThat(key.type().parse(new RawValue.Text(key.defaultText()))).isNotNull();
      }
    }
  }

  @Test
  void noTwoKeysShareAVariableOrACommandsFlag() {
    Set<String> variables = new HashSet<>();
    Set<String> flags = new HashSet<>();
    for (ConfigKey<?> key : Catalogue.builtIn().keys()) {
      assertThat(variables.add(key.variable())).as(key.variable()).isTrue();
      for (Part part : key.flagParts()) {
        assertThat(flags.add(part + " " + key.flag())).as(part + " " + key.flag()).isTrue();
      }
    }
  }
}
