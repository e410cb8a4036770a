package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TimesTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void aFractionIsReadFromTheLeft() {
    assertThat(Times.parseSeconds("1795224498")).isEqualTo(1_795_224_498L * SECOND);
    assertThat(Times.parseSeconds("5.5")).isEqualTo(5_500_000_000L);
    assertThat(Times.parseSeconds("5.000000001")).isEqualTo(5_000_000_001L);
    assertThatThrownBy(() -> Times.parseSeconds("soon")).isInstanceOf(NumberFormatException.class);
  }

  @Test
  void spansAreRoughAsTheEnginesAre() {
    assertThat(Times.span(SECOND / 2)).isEqualTo("Less than a second");
    assertThat(Times.span(SECOND)).isEqualTo("1 second");
    assertThat(Times.span(59 * SECOND)).isEqualTo("59 seconds");
    assertThat(Times.span(61 * SECOND)).isEqualTo("About a minute");
    assertThat(Times.span(3_500 * SECOND)).isEqualTo("58 minutes");
    assertThat(Times.span(3_700 * SECOND)).isEqualTo("About an hour");
    assertThat(Times.span(5 * 86_400 * SECOND)).isEqualTo("5 days");
  }
}
