package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as it arrives, and leniently: what is absent, null or of another kind than expected
 * reads as null, and what nobody asks for is skipped without being turned into text.
 */
final class Json {

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private Json() {}

  /** Called with the parser at a value; whatever it leaves unread is skipped. */
  @FunctionalInterface
  interface FieldReader {
    void read(String name, JsonParser value) throws IOException;
  }

  /** Called with the parser at an element; whatever it leaves unread is skipped. */
  @FunctionalInterface
  interface ElementReader {
    void read(JsonParser element) throws IOException;
  }

  /** Walks the fields of the object that the parser is at; does nothing at any other value. */
  static void object(JsonParser parser, FieldReader reader) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      reader.read(name, parser);
      parser.skipChildren();
    }
  }

  /** Walks the elements of the array that the parser is at; does nothing at any other value. */
  static void array(JsonParser parser, ElementReader reader) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      reader.read(parser);
      parser.skipChildren();
    }
  }

  static @Nullable String text(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
  }

  static String textOrEmpty(JsonParser parser) throws IOException {
    String text = text(parser);
    return text == null ? "" : text;
  }

  /** A whole number; null also when it does not fit, as an engine's "unlimited" does not. */
  static @Nullable Long number(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
        ? (Long) parser.getLongValue()
        : null;
  }

  static @Nullable Integer integer(JsonParser parser) throws IOException {
    Long number = number(parser);
    return number == null || number != number.intValue() ? null : (Integer) number.intValue();
  }

  static boolean isTrue(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  /** An RFC 3339 time; null also for the year 1, which stands for "never". */
  static @Nullable Instant time(JsonParser parser) throws IOException {
    String text = text(parser);
    if (text == null || text.startsWith("0001-")) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  static Map<String, String> texts(JsonParser parser) throws IOException {
    Map<String, String> texts = new HashMap<>();
    object(
        parser,
        (name, value) -> {
          String text = text(value);
          if (text != null) {
            texts.put(name, text);
          }
        });
    return texts;
  }

  static Map<String, Long> numbers(JsonParser parser) throws IOException {
    Map<String, Long> numbers = new HashMap<>();
    object(
        parser,
        (name, value) -> {
          Long number = number(value);
          if (number != null) {
            numbers.put(name, number);
          }
        });
    return numbers;
  }
}
