package io.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.cli.TopicTable.Actual;
import io.tallyman.schemas.Topic;
import io.tallyman.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TopicTableTest {

  private static final OptionalInt THREE = OptionalInt.of(3);
  private static final OptionalInt ANY = OptionalInt.empty();

  private static Actual asWanted(Topic topic) {
    return new Actual(topic.partitions() == 1 ? 1 : 3, 1, topic.config());
  }

  @Test
  void topicsAsTheCatalogueSaysHaveNoDifference() {
    Map<String, Actual> actual = new HashMap<>();
    Topics.all().forEach(topic -> actual.put(topic.name(), asWanted(topic)));
    TopicTable table = new TopicTable(THREE, ANY, Topics.all(), actual);
    assertThat(table.differences()).isZero();
    assertThat(table.lines()).hasSize(8);
    assertThat(table.lines().getFirst()).startsWith("TOPIC").endsWith("DIFFERENCE");
    assertThat(String.join("\n", table.lines())).contains("30 d", "compact,delete");
  }

  @Test
  void whatDiffersIsNamed() {
    Map<String, String> config = new HashMap<>(Topics.EVENTS.config());
    config.put("cleanup.policy", "compact");
    config.put("retention.ms", "1000");
    Map<String, Actual> actual = Map.of(Topics.EVENTS.name(), new Actual(1, 1, config));
    TopicTable table = new TopicTable(THREE, ANY, List.of(Topics.EVENTS, Topics.STATS), actual);
    assertThat(table.differences()).isEqualTo(2);
    assertThat(table.lines().get(1))
        .contains("partitions: 3 wanted", "cleanup.policy: delete wanted", "retention.ms: 30 d");
    assertThat(table.lines().get(2)).endsWith("missing");
  }

  @Test
  void theOrderOfCleanupPoliciesDoesNotMatter() {
    Map<String, String> config = new HashMap<>(Topics.HOSTS.config());
    config.put("cleanup.policy", "delete,compact");
    Map<String, Actual> actual = Map.of(Topics.HOSTS.name(), new Actual(3, 1, config));
    assertThat(new TopicTable(THREE, ANY, List.of(Topics.HOSTS), actual).differences()).isZero();
  }

  @Test
  void anyNumberOfPartitionsIsRightUnlessOneWasAskedFor() {
    Actual five = new Actual(5, 2, Topics.EVENTS.config());
    List<Topic> events = List.of(Topics.EVENTS);
    Map<String, Actual> actual = Map.of(Topics.EVENTS.name(), five);
    assertThat(new TopicTable(ANY, ANY, events, actual).differences()).isZero();
    assertThat(new TopicTable(ANY, THREE, events, actual).lines().get(1))
        .contains("replicas: 3 wanted");
  }
}
