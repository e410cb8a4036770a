package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "web, web, true",
    "web, web-1, false",
    "web*, web-1, true",
    "*web, my-web, true",
    "*e*, web, true",
    "w?b, web, true",
    "w?b, wb, false",
    "*, '', true",
    "?, '', false",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXbYbZd, false",
    "web.1, webx1, false",
    "Web, web, false"
  })
  void wholeTextsMatch(String pattern, String text, boolean matches) {
    assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
  }

  @Test
  void manyStarsCostLittle() {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> assertThat(new Glob("*a".repeat(200)).matches("a".repeat(199) + "b")).isFalse());
  }
}
