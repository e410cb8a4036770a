package io.tallyman.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallyman.query.http.RequestTimeout;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs no Kafka. */
class RequestTimeoutTest {

  @TempDir Path directory;

  @Test
  void aRequestThatTakesTooLongIsGivenUpAndTheConnectionServesTheNext() {
    QueryConfig config =
        new QueryConfig(
            "127.0.0.1:1",
            Map.of(),
            new TopicSettings("", 1, OptionalInt.of(1)),
            "test",
            "127.0.0.1",
            0,
            directory,
            Retention.DEFAULT,
            false);
    try (RunningQuery query =
            QueryApplication.start(
                config,
                QueryAccess.open(),
                InstantSource.system(),
                new RequestTimeout(Duration.ofMillis(500)));
        HttpClientOf http = new HttpClientOf(query.url())) {
      HttpResponse<String> answer = http.get(NeverAnswers.PATH);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
      assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
      assertThat(answer.body()).contains("No answer within 0.5 s");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> http.get("/health/liveness").statusCode() == 200);
      query.context().getBean(NeverAnswers.class).released.countDown();
    }
  }
}
