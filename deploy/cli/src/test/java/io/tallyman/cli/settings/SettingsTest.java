package io.tallyman.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  @TempDir Path directory;

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("config.yml"), yaml);
  }

  private static Settings load(@Nullable Path file, Map<String, String> environment) {
    return SettingsLoader.load(Catalogue.builtIn(), file, environment, List.of(), Map.of());
  }

  private static String errorOf(Runnable load) {
    try {
      load.run();
    } catch (SettingsException e) {
      assertThat(e).message().isNotBlank().doesNotContain("\n");
      return "" + e.getMessage();
    }
    throw new AssertionError("no error");
  }

  @Test
  void flagsBeatEnvironmentAndEnvironmentBeatsFile() throws IOException {
    Path file =
        file("tallyman: {stats: {interval: 1s}, query: {port: 1001}, host: {name: from-file}}");
    Map<String, String> environment =
        Map.of("TALLYMAN_STATS_INTERVAL", "2s", "TALLYMAN_QUERY_PORT", "1002");
    Settings settings =
        SettingsLoader.load(
            Catalogue.builtIn(),
            file,
            environment,
            List.of(),
            Map.of(ConfigKeys.STATS_INTERVAL, "3s"));

    assertThat(settings.get(ConfigKeys.STATS_INTERVAL)).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.origin(ConfigKeys.STATS_INTERVAL)).isEqualTo("--interval");
    assertThat(settings.get(ConfigKeys.QUERY_PORT)).isEqualTo(1002);
    assertThat(settings.origin(ConfigKeys.QUERY_PORT)).isEqualTo("TALLYMAN_QUERY_PORT");
    assertThat(settings.get(ConfigKeys.HOST_NAME)).isEqualTo("from-file");
    assertThat(settings.origin(ConfigKeys.HOST_NAME)).endsWith("config.yml");
    assertThat(settings.get(ConfigKeys.AGENT_PORT)).isEqualTo(8090);
    assertThat(settings.isGiven(ConfigKeys.AGENT_PORT)).isFalse();
  }

  @Test
  void setBeatsEnvironmentAndAFlagBeatsSet() {
    Map<String, String> environment = Map.of("TALLYMAN_QUERY_PORT", "1");
    List<String> sets = List.of("tallyman.query.port=2", "tallyman.host.tags=a=b,c=d");
    Settings settings = SettingsLoader.load(Catalogue.builtIn(), null, environment, sets, Map.of());
    assertThat(settings.get(ConfigKeys.QUERY_PORT)).isEqualTo(2);
    assertThat(settings.get(ConfigKeys.HOST_TAGS)).isEqualTo(Map.of("a", "b", "c", "d"));

    settings =
        SettingsLoader.load(
            Catalogue.builtIn(), null, environment, sets, Map.of(ConfigKeys.QUERY_PORT, "3"));
    assertThat(settings.get(ConfigKeys.QUERY_PORT)).isEqualTo(3);
  }

  @Test
  void aFileMayBeNestedOrDottedAndItsScalarsAreTexts() throws IOException {
    Settings settings =
        load(
            file(
                """
                tallyman.stats.interval: 7s
                tallyman:
                  query.port: 0080
                  host:
                    id: on
                    name: 1:30
                    tags: {site: "a,b", rack: 7}
                  kafka:
                    properties:
                      security.protocol: SSL
                      ssl:
                        truststore.location: /ca.jks
                        enabled.protocols: [TLSv1.2, TLSv1.3]
                """),
            Map.of());
    assertThat(settings.get(ConfigKeys.STATS_INTERVAL)).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.get(ConfigKeys.QUERY_PORT)).isEqualTo(80);
    assertThat(settings.get(ConfigKeys.HOST_ID)).isEqualTo("on");
    assertThat(settings.get(ConfigKeys.HOST_NAME)).isEqualTo("1:30");
    assertThat(settings.get(ConfigKeys.HOST_TAGS)).isEqualTo(Map.of("site", "a,b", "rack", "7"));
    assertThat(settings.kafkaProperties())
        .isEqualTo(
            Map.of(
                "security.protocol", "SSL",
                "ssl.truststore.location", "/ca.jks",
                "ssl.enabled.protocols", "TLSv1.2,TLSv1.3"));
  }

  @Test
  void unknownKeysAreRefusedWithTheNearestKnownOne() throws IOException {
    Path file = file("tallyman: {stats: {intervall: 5s}}");
    assertThat(errorOf(() -> load(file, Map.of())))
        .contains("config.yml", "tallyman.stats.intervall", "did you mean tallyman.stats.interval");
    assertThat(errorOf(() -> load(null, Map.of("TALLYMAN_QUERY_PROT", "1"))))
        .contains("TALLYMAN_QUERY_PROT", "did you mean TALLYMAN_QUERY_PORT");
    assertThat(
            errorOf(() ->
                SettingsLoader.load(
                    Catalogue.builtIn(), null, Map.of(), List.of("tallyman.data=x"), Map.of())))
        .contains("--set", "tallyman.data", "did you mean tallyman.data-dir");
  }

  @Test
  void aBadValueNamesKeySourceAndWhatIsAllowed() throws IOException {
    Path file = file("tallyman.stats.interval: banana");
    assertThat(errorOf(() -> load(file, Map.of())))
        .contains("tallyman.stats.interval", "'banana'", "config.yml", "5s", "from 1s to 1h");
    assertThat(errorOf(() -> load(null, Map.of("TALLYMAN_QUERY_PORT", "http"))))
        .contains("tallyman.query.port", "TALLYMAN_QUERY_PORT", "from 0 to 65535");
    assertThat(
            errorOf(() ->
                SettingsLoader.load(
                    Catalogue.builtIn(),
                    null,
                    Map.of(),
                    List.of(),
                    Map.of(ConfigKeys.BOOTSTRAP_SERVERS, "x"))))
        .contains("--kafka", "HOST:PORT");
  }

  @Test
  void aMissingValueSaysHowToGiveIt() {
    assertThat(errorOf(() -> load(null, Map.of()).get(ConfigKeys.BOOTSTRAP_SERVERS)))
        .contains("--kafka", "TALLYMAN_KAFKA_BOOTSTRAP_SERVERS", "HOST:PORT");
  }

  @Test
  void variablesOfTestsAndEmptyOnesAreIgnored() {
    Settings settings =
        load(null, Map.of("TALLYMAN_TEST_REQUIRE_DOCKER", "true", "TALLYMAN_QUERY_PORT", ""));
    assertThat(settings.isGiven(ConfigKeys.QUERY_PORT)).isFalse();
  }

  @Test
  void anEmptyValueTakesBackAWeakerSource() throws IOException {
    Settings settings =
        SettingsLoader.load(
            Catalogue.builtIn(),
            file("tallyman.query.port: 1"),
            Map.of(),
            List.of("tallyman.query.port="),
            Map.of());
    assertThat(settings.get(ConfigKeys.QUERY_PORT)).isEqualTo(8080);
  }

  @Test
  void kafkaPropertiesPassThroughAndAreMergedOneByOne() throws IOException {
    Path secret = Files.writeString(directory.resolve("jaas"), "Login required p=hunter2;\n");
    Settings settings =
        SettingsLoader.load(
            Catalogue.builtIn(),
            file("tallyman.kafka.properties: {sasl.mechanism: PLAIN, client.rack: a}"),
            Map.of(
                "TALLYMAN_KAFKA_PROPERTIES_SASL_MECHANISM", "SCRAM-SHA-512",
                "TALLYMAN_KAFKA_PROPERTIES_SASL_JAAS_CONFIG_FILE", secret.toString(),
                "TALLYMAN_KAFKA_PROPERTIES_SASL_OAUTHBEARER_ASSERTION_FILE", "/assertion"),
            List.of("tallyman.kafka.properties.client.rack=b"),
            Map.of());
    assertThat(settings.kafkaProperties())
        .isEqualTo(
            Map.of(
                "sasl.mechanism", "SCRAM-SHA-512",
                "client.rack", "b",
                "sasl.jaas.config", "Login required p=hunter2;",
                "sasl.oauthbearer.assertion.file", "/assertion"));
    assertThat(settings.toString()).contains("client.rack=***").doesNotContain("hunter2");
  }

  @Test
  void aSecretThatCannotBeReadNamesItsVariable() {
    String variable = "TALLYMAN_KAFKA_PROPERTIES_SSL_KEY_PASSWORD_FILE";
    assertThat(errorOf(() -> load(null, Map.of(variable, "/does/not/exist"))))
        .contains(variable, "/does/not/exist");
  }

  @Test
  void noErrorShowsASecret() throws IOException {
    Path file = file("tallyman.kafka.properties: hunter2");
    assertThat(errorOf(() -> load(file, Map.of()))).doesNotContain("hunter2");
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() ->
            SettingsLoader.load(Catalogue.builtIn(), null, Map.of(), List.of("hunter2"), Map.of()))
        .withMessageNotContaining("hunter2");
  }

  @Test
  void dockerHostStandsInForAKeyThatNobodyGave() {
    Map<String, String> docker =
        Map.of("DOCKER_HOST", "engine:2376", "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", "/c");
    Settings settings = load(null, docker);
    assertThat(settings.get(ConfigKeys.DOCKER_HOST)).isEqualTo(URI.create("tcp://engine:2376"));
    assertThat(settings.origin(ConfigKeys.DOCKER_HOST)).isEqualTo("DOCKER_HOST");
    assertThat(settings.get(ConfigKeys.DOCKER_TLS_CA)).isEqualTo(Path.of("/c/ca.pem"));

    settings =
        SettingsLoader.load(
            Catalogue.builtIn(),
            null,
            docker,
            List.of(),
            Map.of(ConfigKeys.DOCKER_HOST, "unix:///run/d.sock"));
    assertThat(settings.get(ConfigKeys.DOCKER_HOST)).isEqualTo(URI.create("unix:///run/d.sock"));
    assertThat(settings.find(ConfigKeys.DOCKER_TLS_CA)).isNull();
  }

  @Test
  void filesThatCannotBeReadAreToldInOneLine() throws IOException {
    assertThat(errorOf(() -> load(directory.resolve("none.yml"), Map.of())))
        .contains("none.yml", "no such file", "--config");
    assertThat(errorOf(() -> load(directory, Map.of()))).contains(directory.toString());
    Path broken = file("tallyman:\n  query: {port: [1\n");
    assertThat(errorOf(() -> load(broken, Map.of()))).contains("not valid YAML", "line");
    Path twice = file("tallyman.query.port: 1\ntallyman: {query: {port: 2}}");
    assertThat(errorOf(() -> load(twice, Map.of()))).contains("tallyman.query.port", "twice");
    Path list = file("- a\n- b");
    assertThat(errorOf(() -> load(list, Map.of()))).contains("mapping");
  }

  @Test
  void anEmptyFileIsFine() throws IOException {
    assertThat(load(file("# nothing yet\n"), Map.of()).get(ConfigKeys.QUERY_PORT)).isEqualTo(8080);
  }
}
