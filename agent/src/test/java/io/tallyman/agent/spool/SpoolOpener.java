package io.tallyman.agent.spool;

import java.io.IOException;
import java.nio.file.Path;

/** A process that opens a spool and prints what that says. */
final class SpoolOpener {

  private SpoolOpener() {}

  public static void main(String[] args) {
    try (Spool spool =
        Spool.open(SpoolSettings.events(Path.of(args[0]), 4 << 20), SpoolListener.NONE)) {
      System.out.println("opened " + spool.recovery());
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
