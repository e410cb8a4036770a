package io.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FiltersTest {

  private static final EngineEvent HEALTHY =
      new EngineEvent(
          1,
          "container",
          "health_status: healthy",
          "abcdef",
          Map.of("name", "web", "image", "nginx:1", "tier", "front"));

  @Test
  void bothFormsOfAFilterMeanTheSame() {
    assertThat(passes("{\"type\":[\"container\"]}")).isTrue();
    assertThat(passes("{\"type\":{\"container\":true}}")).isTrue();
    assertThat(passes("{\"type\":[\"network\",\"volume\"]}")).isFalse();
    assertThat(passes(null)).isTrue();
  }

  @Test
  void healthStatusMatchesByItsBeginningAndMakesTheOthersDoSoToo() {
    assertThat(passes("{\"event\":[\"health_status\"]}")).isTrue();
    assertThat(passes("{\"event\":[\"health_status: healthy\"]}")).isTrue();
    assertThat(passes("{\"event\":[\"health\"]}")).isFalse();
    assertThat(passes("{\"event\":[\"health\",\"exec_start\"]}")).isTrue();
  }

  @Test
  void containersAreChosenByTheBeginningOfIdOrName() {
    assertThat(passes("{\"container\":[\"abc\"]}")).isTrue();
    assertThat(passes("{\"container\":[\"we\"]}")).isTrue();
    assertThat(passes("{\"container\":[\"bcd\"]}")).isFalse();
  }

  @Test
  void allLabelsMustMatch() {
    assertThat(passes("{\"label\":[\"tier\"]}")).isTrue();
    assertThat(passes("{\"label\":[\"tier=front\"]}")).isTrue();
    assertThat(passes("{\"label\":[\"tier=front\",\"zone\"]}")).isFalse();
  }

  @Test
  void whatIsNotAFilterIsRefusedAsTheReleaseDoes() {
    assertThatThrownBy(() -> Filters.parse("notjson", EngineProfile.DOCKER_28_5))
        .hasMessage("invalid filter");
    assertThatThrownBy(() ->
            Filters.parse("{\"no\":[\"x\"]}", EngineProfile.DOCKER_20_10)
                .forContainers(EngineProfile.DOCKER_20_10))
        .hasMessage("Invalid filter 'no'");
  }

  private static boolean passes(@org.jspecify.annotations.Nullable String filters) {
    return Filters.parse(filters, EngineProfile.DOCKER_28_5).forEvents().test(HEALTHY);
  }
}
