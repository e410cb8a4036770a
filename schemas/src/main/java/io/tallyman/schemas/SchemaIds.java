package io.tallyman.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.apache.avro.SchemaNormalization;

/**
 * Schema ids that need no registry: computed from the schema's whole text, so that every process
 * finds the same one.
 */
public final class SchemaIds {

  /** Set in every computed id, so that none meets the small ids of real registries. */
  private static final int COMPUTED = 0x4000_0000;

  private static final int FINGERPRINT_BITS = 0x3FFF_FFFF;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SchemaIds() {}

  /**
   * The id of a schema: {@code 0x40000000} and the low 30 bits of the text's CRC-64-AVRO.
   *
   * @param minifiedText the schema as published, see {@link #minify}
   */
  public static int of(String minifiedText) {
    byte[] utf8 = minifiedText.getBytes(StandardCharsets.UTF_8);
    return COMPUTED | (int) (SchemaNormalization.fingerprint64(utf8) & FINGERPRINT_BITS);
  }

  /** Whether an id was computed rather than given by a registry. */
  public static boolean isComputed(int id) {
    return (id & ~FINGERPRINT_BITS) == COMPUTED;
  }

  /**
   * The same JSON without white space; nothing is dropped and nothing changes its place.
   *
   * @throws IllegalArgumentException when it is not JSON
   */
  public static String minify(String schemaText) {
    try {
      return JSON.writeValueAsString(JSON.readTree(schemaText));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not a JSON document: " + e.getOriginalMessage(), e);
    }
  }
}
