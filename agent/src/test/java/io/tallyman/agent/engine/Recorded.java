package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Recorded bodies of real engines, read with the parsers of the facade. */
public final class Recorded {

  private Recorded() {}

  /** What the Docker CLI printed for a container, and the readings that it was computed from. */
  public record CliRow(
      String container, Map<String, String> cli, StatsReading before, StatsReading now) {}

  /** The rows of {@code fixtures/engine-<version>-cli.ndjson}. */
  public static List<CliRow> cliRows(String engineVersion) {
    List<CliRow> rows = new ArrayList<>();
    String name = "engine-" + engineVersion + "-cli.ndjson";
    for (String line : new String(bytes(name), StandardCharsets.UTF_8).lines().toList()) {
      rows.add(parse(line.getBytes(StandardCharsets.UTF_8), Recorded::cliRow));
    }
    return rows;
  }

  public static StatsReading stats(String json) {
    return parse(json.getBytes(StandardCharsets.UTF_8), StatsParser::parse);
  }

  static <T> T fixture(String name, EngineTransport.BodyReader<T> reader) {
    return parse(bytes(name), reader);
  }

  private static <T> T parse(byte[] json, EngineTransport.BodyReader<T> reader) {
    try (JsonParser parser = Json.FACTORY.createParser(json)) {
      parser.nextToken();
      return reader.read(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CliRow cliRow(JsonParser parser) throws IOException {
    String[] container = {""};
    List<Map<String, String>> cli = new ArrayList<>();
    List<StatsReading> readings = new ArrayList<>();
    Json.object(
        parser,
        (name, value) -> {
          switch (name) {
            case "container" -> container[0] = Json.textOrEmpty(value);
            case "cli" -> cli.add(Json.texts(value));
            default -> readings.add(StatsParser.parse(value));
          }
        });
    return new CliRow(container[0], cli.getFirst(), readings.getFirst(), readings.get(1));
  }

  private static byte[] bytes(String name) {
    try (InputStream in =
        Objects.requireNonNull(Recorded.class.getResourceAsStream("/fixtures/" + name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
