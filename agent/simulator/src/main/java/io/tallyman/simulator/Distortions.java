package io.tallyman.simulator;

import io.tallyman.simulator.http.Distortion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Ways in which a body arrives other than it was meant. Each is for one body. */
final class Distortions {

  private static final int NOISE_BYTES = 40;

  private Distortions() {}

  /** The same bytes in chunks of 1 to {@code mostBytes} bytes, cut anywhere. */
  static Distortion split(int mostBytes, long seed) {
    Random random = new Random(seed);
    return (part, wire) -> {
      int from = 0;
      while (from < part.length) {
        int to = Math.min(part.length, from + 1 + random.nextInt(mostBytes));
        wire.chunk(Arrays.copyOfRange(part, from, to));
        from = to;
      }
    };
  }

  /** Noise in the place of each part. */
  static Distortion garble(long seed) {
    Random random = new Random(seed);
    return (part, wire) -> wire.chunk(noise(random));
  }

  /** A line of noise before each part. */
  static Distortion litter(long seed) {
    Random random = new Random(seed);
    return (part, wire) -> {
      wire.chunk(noise(random));
      wire.chunk("\n".getBytes(StandardCharsets.US_ASCII));
      wire.chunk(part);
    };
  }

  /** Whole parts, then a part that breaks off within, and the connection with it. */
  static Distortion cutInside(int wholeParts, long seed) {
    Random random = new Random(seed);
    int[] left = {wholeParts};
    return (part, wire) -> {
      if (left[0]-- > 0) {
        wire.chunk(part);
      } else {
        wire.cutInside(part, random.nextInt(part.length));
      }
    };
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[NOISE_BYTES];
    random.nextBytes(noise);
    return noise;
  }
}
