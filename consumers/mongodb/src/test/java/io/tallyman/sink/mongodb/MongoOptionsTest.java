package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallyman.schemas.TopicSettings;
import io.tallyman.sink.SinkOptions;
import io.tallyman.sink.app.SinkApplication;
import io.tallyman.sink.app.SinkConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MongoOptionsTest {

  @Test
  void areCheckedBeforeKafkaIsAsked() {
    var options = Map.of("uri", "mongodb://127.0.0.1:1/", "bulk-size", "abc");
    var config =
        new SinkConfig(
            "mongodb",
            "127.0.0.1:1",
            Map.of(),
            new TopicSettings("", 1, OptionalInt.empty()),
            List.of(),
            1,
            "127.0.0.1",
            0,
            options);

    assertThatThrownBy(() -> SinkApplication.start(config, new MongoProvider()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option bulk-size is 'abc', but must be a whole number");
  }

  private static final Map<String, String> URI = Map.of("uri", "mongodb://localhost/");

  @Test
  void onlyTheUriMustBeGiven() {
    var options = options(URI);

    assertThat(options.database()).isEqualTo("tallyman");
    assertThat(options.ttl()).isEmpty();
    assertThat(options.bulkSize()).isEqualTo(5_000);
    assertWrong(Map.of(), "uri");
  }

  @Test
  void aWrongUriIsNotRepeated() {
    for (var uri :
        new String[] {
          "mongodb://u:hunter2/x@host", "mongo://u:hunter2@host", "mongodb://u:hunter2@"
        }) {
      assertThatThrownBy(() -> options(Map.of("uri", uri)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("option uri must be mongodb://")
          .hasMessageNotContaining("hunter2")
          .hasNoCause();
    }
  }

  @Test
  void aTimeToLiveIsWholeSecondsThatMongoCounts() {
    assertThat(options(with("ttl", "30d")).ttl()).hasValue(Duration.ofDays(30));
    assertThat(options(with("ttl", " ")).ttl()).isEmpty();
    assertWrong(with("ttl", "500ms"), "ttl");
    assertWrong(with("ttl", "30000d"), "ttl");
    assertWrong(with("ttl", "soon"), "ttl");
  }

  @Test
  void whatCannotWorkIsSaidAtTheStart() {
    assertWrong(with("bulk-size", "0"), "bulk-size");
    assertWrong(with("database", "a.b"), "database");
    assertWrong(with("database", "a b"), "database");
  }

  private static Map<String, String> with(String name, String value) {
    var options = new HashMap<>(URI);
    options.put(name, value);
    return options;
  }

  private static void assertWrong(Map<String, String> options, String name) {
    assertThatThrownBy(() -> options(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option " + name);
  }

  private static MongoOptions options(Map<String, String> options) {
    return MongoOptions.of(SinkOptions.of(new MongoProvider().options(), options));
  }
}
