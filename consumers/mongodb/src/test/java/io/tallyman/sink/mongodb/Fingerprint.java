package io.tallyman.sink.mongodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells sets of lines apart in any order and without keeping them: of each kind of line how many
 * there are, and the sum of their SHA-256. A line twice is another set than a line once.
 */
final class Fingerprint {

  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private record Kind(long lines, BigInteger sum) {

    Kind plus(Kind other) {
      return new Kind(lines + other.lines, sum.add(other.sum).mod(MODULUS));
    }

    @Override
    public String toString() {
      return lines + " lines " + "%064x".formatted(sum);
    }
  }

  private final Map<String, Kind> kinds = new TreeMap<>();
  private final MessageDigest digest;

  Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds a line; its kind is the first word of the id. */
  void add(String id, String line) {
    var hash = new BigInteger(1, digest.digest((id + "\t" + line).getBytes(UTF_8)));
    kinds.merge(id.substring(0, id.indexOf(' ')), new Kind(1, hash), Kind::plus);
  }

  void addAll(Fingerprint other) {
    other.kinds.forEach((name, kind) -> kinds.merge(name, kind, Kind::plus));
  }

  @Override
  public String toString() {
    return kinds.toString();
  }
}
