package io.tallyman.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SinkOptionsTest {

  private static final List<SinkOption> DECLARED =
      List.of(
          SinkOption.of("url", null, "where the store is"),
          SinkOption.of("batch", "100", "points in a request"),
          SinkOption.of("ttl", "30d", "how long documents are kept"),
          SinkOption.of("unit", "seconds", "precision"),
          SinkOption.of("gzip", "true", "whether to compress"),
          SinkOption.secret("token", "to write with"));

  @Test
  void defaultsApplyUntilAValueIsGiven() {
    assertThat(options(Map.of()).integer("batch")).isEqualTo(100);
    assertThat(options(Map.of("batch", "7")).integer("batch")).isEqualTo(7);
    assertThat(options(Map.of()).text("url")).isEmpty();
    assertThat(options(Map.of("url", " ")).text("url")).isEmpty();
  }

  @Test
  void whatIsMandatoryMustBeGiven() {
    var declared = List.of(SinkOption.of("url", null, "where the store is").asMandatory());

    assertThatThrownBy(() -> SinkOptions.of(declared, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option url is missing");
    assertThat(SinkOptions.of(declared, Map.of("url", "here")).required("url")).isEqualTo("here");
  }

  @Test
  void valuesAreReadByType() {
    var options = options(Map.of());

    assertThat(options.flag("gzip")).isTrue();
    assertThat(options.duration("ttl")).isEqualTo(Duration.ofDays(30));
    assertThat(options.oneOf("unit", TimeUnit.class)).isEqualTo(TimeUnit.SECONDS);
    assertThat(options(Map.of("ttl", "500ms")).duration("ttl")).isEqualTo(Duration.ofMillis(500));
    assertThat(options(Map.of("ttl", "2m")).duration("ttl")).isEqualTo(Duration.ofMinutes(2));
    assertThat(options(Map.of("ttl", "PT1H")).duration("ttl")).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void anUnknownOptionIsRefusedWithTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Map.of("ulr", "x")))
        .withMessage("unknown option 'ulr'; there are: batch, gzip, token, ttl, unit, url");
  }

  @Test
  void aWrongValueIsNamedWithWhatWouldBeRight() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Map.of("batch", "many")).integer("batch"))
        .withMessage("option batch is 'many', but must be a whole number");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Map.of("ttl", "soon")).duration("ttl"))
        .withMessageContaining("must be a time such as");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Map.of("gzip", "yes")).flag("gzip"))
        .withMessageContaining("must be true or false");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Map.of()).required("url"))
        .withMessage("option url is missing");
  }

  @Test
  void secretsAreNotShown() {
    var options = options(Map.of("token", "s3cret"));

    assertThat(options.required("token")).isEqualTo("s3cret");
    assertThat(options.toString()).doesNotContain("s3cret").contains("token=***");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.integer("token"))
        .withMessage("option token is '***', but must be a whole number");
  }

  private static SinkOptions options(Map<String, String> given) {
    return SinkOptions.of(DECLARED, given);
  }
}
