package io.tallyman.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An image made of this machine's static busybox, as the tar file that an engine imports. */
final class BusyboxImage {

  private static final int BLOCK_BYTES = 512;
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS = List.of("sh", "sleep", "tail", "true", "false");

  private BusyboxImage() {}

  static byte[] tar() {
    try {
      byte[] busybox = Files.readAllBytes(BUSYBOX);
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      tar.writeBytes(header("bin/busybox", '0', "", busybox.length));
      tar.writeBytes(Arrays.copyOf(busybox, roundUp(busybox.length)));
      for (String applet : APPLETS) {
        tar.writeBytes(header("bin/" + applet, '2', "busybox", 0));
      }
      tar.writeBytes(new byte[2 * BLOCK_BYTES]);
      return tar.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a static busybox is needed", e);
    }
  }

  private static byte[] header(String name, char type, String target, int length) {
    byte[] header = new byte[BLOCK_BYTES];
    put(header, 0, name);
    put(header, 100, "0000755\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, String.format("%011o\0", length));
    put(header, 136, "00000000000\0");
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 157, target);
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static int roundUp(int length) {
    return (length + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }
}
