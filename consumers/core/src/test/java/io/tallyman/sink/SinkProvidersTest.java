package io.tallyman.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SinkProvidersTest {

  @Test
  void areFoundByName() {
    var one = provider("one");
    var providers = SinkProviders.of(List.of(provider("two"), one));

    assertThat(providers.named("one")).isSameAs(one);
    assertThat(providers.all()).extracting(SinkProvider::name).containsExactly("one", "two");
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SinkProviders.of(List.of(provider("b"), provider("a"))).named("c"))
        .withMessage("no sink is named 'c'; there are: a, b");
  }

  @Test
  void twoOfOneNameAreRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> SinkProviders.of(List.of(provider("a"), provider("a"))))
        .withMessageContaining("two sinks are named 'a'");
  }

  @Test
  void anEmptyNameIsRefused() {
    assertThatIllegalStateException().isThrownBy(() -> SinkProviders.of(List.of(provider(""))));
    assertThatIllegalStateException().isThrownBy(() -> SinkProviders.of(List.of(provider("a b"))));
  }

  private static SinkProvider provider(String name) {
    return new SinkProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return "";
      }

      @Override
      public List<SinkOption> options() {
        return List.of();
      }

      @Override
      public List<String> topics() {
        return List.of();
      }

      @Override
      public RecordSink create() {
        return new ScriptedSink(new java.util.ArrayList<>());
      }
    };
  }
}
