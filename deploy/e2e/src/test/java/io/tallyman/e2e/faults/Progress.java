package io.tallyman.e2e.faults;

/** How far a long test is, in lines that {@code tallyman test} shows at once. */
public final class Progress {

  private Progress() {}

  @SuppressWarnings("AnnotateFormatMethod") // Its annotation is no dependency of ours.
  public static void tell(String format, Object... values) {
    System.out.println("[test] " + format.formatted(values));
  }
}
