package io.tallyman.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.HttpMethod;
import io.micronaut.web.router.Router;
import io.tallyman.query.topology.Retention;
import io.tallyman.schemas.TopicSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The description of the API against what the service does; needs no Kafka. */
class OpenApiTest {

  /** Of the page, and for other instances alone. */
  private static final Set<String> UNDOCUMENTED = Set.of("/openapi.yml", "/docs");

  private static final String INTERNAL = "/internal/";
  private static final Pattern KNOWN = Pattern.compile("which knows ([a-zA-Z, ]+)");

  @TempDir static Path directory;

  private static RunningQuery query;
  private static HttpClientOf http;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    query =
        QueryApplication.start(
            new QueryConfig(
                "127.0.0.1:1",
                Map.of(),
                new TopicSettings("", 1, OptionalInt.of(1)),
                "test",
                "127.0.0.1",
                0,
                directory,
                Retention.DEFAULT,
                false));
    http = new HttpClientOf(query.url());
    document = new ObjectMapper().valueToTree(new Yaml().load(http.get("/openapi.yml").body()));
  }

  @AfterAll
  static void stop() {
    http.close();
    query.close();
  }

  @Test
  void everyPathIsDescribedAndEveryDescribedPathIsThere() {
    Set<String> described = new TreeSet<>();
    document.at("/paths").fieldNames().forEachRemaining(described::add);
    assertThat(described).isEqualTo(routes());
  }

  @Test
  void thePathsKnowExactlyTheParametersThatAreDescribed() {
    for (String path : routes()) {
      JsonNode operation = document.at("/paths").path(path).path("get");
      HttpResponse<String> refused = http.get(path.replaceAll("\\{\\w+}", "x") + "?nonsense=1");
      if (!path.startsWith("/api/v1/")) {
        continue;
      }
      assertThat(refused.statusCode()).as(path).isEqualTo(400);
      Matcher known = KNOWN.matcher(refused.body());
      List<String> accepted = known.find() ? List.of(known.group(1).split(", ")) : List.of();
      assertThat(parameters(operation)).as(path).containsExactlyInAnyOrderElementsOf(accepted);
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<JsonNode> references = document.findValues("$ref");
    assertThat(references).hasSizeGreaterThan(40);
    assertThat(references)
        .allSatisfy(reference ->
            assertThat(document.at(reference.asText().substring(1)).isObject())
                .as(reference.asText())
                .isTrue());
  }

  @Test
  void recordsAreDescribedInTheWordsOfTheirSchemas() {
    assertThat(document.at("/openapi").asText()).startsWith("3.1");
    JsonNode stats = document.at("/components/schemas/ContainerStats/properties");
    assertThat(stats.at("/sampledAt/format").asText()).isEqualTo("date-time");
    assertThat(stats.at("/intervalMillis/description").asText()).isNotEmpty();
    assertThat(document.at("/components/schemas/Cpu/properties/percent").isObject()).isTrue();
  }

  @Test
  void thePageThatShowsItAsksNobodyElse() {
    HttpResponse<String> page = http.get("/docs");
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/html");
    assertThat(page.body()).doesNotContain("http://", "https://", "<script>", "style=");
    Matcher files = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.body());
    while (files.find()) {
      assertThat(http.get("/" + files.group(1).replaceFirst("^\\./", "")).statusCode())
          .as(files.group(1))
          .isEqualTo(200);
    }
  }

  private static Set<String> routes() {
    Set<String> paths = new TreeSet<>();
    query
        .context()
        .getBean(Router.class)
        .uriRoutes()
        .filter(route -> route.getHttpMethod() == HttpMethod.GET)
        .map(route -> route.getUriMatchTemplate().toPathString())
        .filter(path -> !UNDOCUMENTED.contains(path) && !path.startsWith(INTERNAL))
        .forEach(paths::add);
    return paths;
  }

  private static List<String> parameters(JsonNode operation) {
    List<String> names = new ArrayList<>();
    StreamSupport.stream(operation.path("parameters").spliterator(), false)
        .filter(parameter -> parameter.path("in").asText().equals("query"))
        .forEach(parameter -> names.add(parameter.path("name").asText()));
    return names;
  }
}
