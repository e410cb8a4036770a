package io.tallyman.agent.inventory;

import static io.tallyman.agent.inventory.AlertThresholds.MAX_CPU;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.agent.engine.ContainerSummary;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InventoryTest {

  private static final LabelPolicy POLICY =
      new LabelPolicy(
          List.of(new Glob("com.docker.compose.*"), new Glob("team"), new Glob("*Key*")),
          true,
          16,
          List.of(Pattern.compile("(?i)apikey"), Pattern.compile("hunter\\d")));

  private static ContainerSummary row(String name, Map<String, String> labels) {
    return new ContainerSummary(
        "c1", name, "busybox:1", null, Instant.EPOCH, "running", labels, "bridge");
  }

  private static KnownContainer learned(Map<String, String> labels) {
    return learned(labels, Set.of());
  }

  private static KnownContainer learned(Map<String, String> labels, Set<Mechanism> off) {
    return new Inventory(POLICY, Selection.ALL, off).learn(row("web", labels));
  }

  @Tag("mechanism")
  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void withoutTheMechanismALabelSaysMoreThanItMay(Mechanism mechanism) {
    Map<String, String> labels =
        Map.of("other", "b", "myApiKey", "abc", "team", "hunter2" + "x".repeat(40));
    Map<String, String> published = Map.of("myApiKey", "[redacted]", "team", "[redacted]xxxxxx");
    assertThat(learned(labels).labels()).isEqualTo(published);
    assertThat(learned(labels, Set.of(mechanism)).labels()).isNotEqualTo(published);
  }

  @Test
  void onlyAllowedLabelsAreKept() {
    assertThat(learned(Map.of("team", "a", "other", "b")).labels()).isEqualTo(Map.of("team", "a"));
  }

  @Test
  void secretsAreHidden() {
    assertThat(learned(Map.of("myApiKey", "abc", "team", "pw hunter2 x")).labels())
        .isEqualTo(Map.of("myApiKey", "[redacted]", "team", "pw [redacted] x"));
  }

  @Test
  void longValuesAreCutAtACharacter() {
    String cut =
        Objects.requireNonNull(
            learned(Map.of("team", "ä".repeat(5) + "€".repeat(5))).labels().get("team"));
    assertThat(cut).isEqualTo("äääää€€");
    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(16);
  }

  @Test
  void projectAndServiceAreComposesOrSwarms() {
    assertThat(learned(Map.of("com.docker.stack.namespace", "s")).project()).isEqualTo("s");
    assertThat(learned(Map.of("com.docker.compose.service", "db")).service()).isEqualTo("db");
  }

  @Test
  void aLabelAsksForAnInterval() {
    assertThat(learned(Map.of("tallyman.interval", "30s")).interval())
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(learned(Map.of("tallyman.interval", "soon")).interval()).isNull();
    assertThat(learned(Map.of("tallyman.interval", "0s")).interval()).isNull();
  }

  @Test
  void untrustedLabelsAreNotObeyed() {
    LabelPolicy untrusting = new LabelPolicy(List.of(), false, 256, List.of());
    KnownContainer known =
        new Inventory(untrusting, Selection.ALL)
            .learn(row("web", Map.of("tallyman.ignore", "true", "tallyman.interval", "9s")));
    assertThat(known.selected()).isTrue();
    assertThat(known.interval()).isNull();
  }

  @Test
  void labelsSetThresholds() {
    AlertThresholds both =
        learned(Map.of("tallyman.max-cpu", "150", "tallyman.max-memory", " 80.5 ")).thresholds();
    assertThat(both).isEqualTo(new AlertThresholds(150.0, 80.5, List.of()));
    for (String wrong : List.of("much", "", "0", "-1", "NaN", "Infinity", "80 %")) {
      AlertThresholds bad = learned(Map.of("tallyman.max-cpu", wrong)).thresholds();
      assertThat(bad).as(wrong).isEqualTo(new AlertThresholds(null, null, List.of(MAX_CPU)));
    }
    KnownContainer untrusted =
        new Inventory(new LabelPolicy(List.of(), false, 256, List.of()), Selection.ALL)
            .learn(row("web", Map.of("tallyman.max-cpu", "80")));
    assertThat(untrusted.thresholds()).isEqualTo(AlertThresholds.NONE);
  }

  @Test
  void labelsThatShadowEventAttributesAreNoted() {
    LabelFacts facts = learned(Map.of("exitCode", "0")).labelFacts();
    assertThat(facts.provesAttribute("exitCode")).isFalse();
    assertThat(facts.provesAttribute("signal")).isTrue();
  }

  @Test
  void labelsGuessedFromAnEventProveNothing() {
    Inventory inventory = new Inventory(POLICY, Selection.ALL);
    KnownContainer guessed = inventory.learn("c1", Map.of("name", "web"), Set.of("exitCode"), null);
    assertThat(guessed.labelFacts().provesAttribute("exitCode")).isFalse();
    inventory.learn(row("web", Map.of()));
    assertThat(inventory.all().getFirst().labelFacts().provesAttribute("exitCode")).isTrue();
  }

  @Test
  void excludesGoBeforeIncludes() {
    Selection selection =
        new Selection(
            new Selection.Globs(List.of(new Glob("web*")), List.of(), List.of()),
            new Selection.Globs(List.of(), List.of(), List.of(new Glob("env=dev"))));
    Inventory inventory = new Inventory(POLICY, selection);
    assertThat(inventory.learn(row("web-1", Map.of())).selected()).isTrue();
    assertThat(inventory.learn(row("db", Map.of())).selected()).isFalse();
    Inventory other = new Inventory(POLICY, selection);
    assertThat(other.learn(row("web-1", Map.of("env", "dev"))).selected()).isFalse();
  }

  @Test
  void whatTheListNoLongerShowsIsKept() {
    Inventory inventory = new Inventory(POLICY, Selection.ALL);
    inventory.learn("c1", Map.of("name", "web", "image", "busybox:1"), Set.of(), null);
    KnownContainer known =
        inventory.learn(
            new ContainerSummary(
                "c1", "", "sha256:77", "sha256:77", Instant.EPOCH, "dead", Map.of(), null));
    assertThat(known.name()).isEqualTo("web");
    assertThat(known.image()).isEqualTo("busybox:1");
    assertThat(known.state()).isEqualTo("dead");
  }

  @Test
  void globsMatchTheWholeText() {
    assertThat(new Glob("a.?*").matches("a.bc")).isTrue();
    assertThat(new Glob("a.?*").matches("axbc")).isFalse();
    assertThat(new Glob("web").matches("web-1")).isFalse();
  }
}
