package io.tallyman.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** {@code tallyman query} in a JVM of its own, with the heap that the launcher gives it. */
final class QueryProcess implements AutoCloseable {

  private static final String ANNOUNCEMENT = "Dashboard: ";

  private final JavaProcess java;
  private final URI url;

  private QueryProcess(JavaProcess java) {
    this.java = java;
    String page = java.announced();
    this.url = URI.create(page.substring(0, page.length() - 1));
  }

  static QueryProcess start(String kafka, Path directory) {
    JavaProcess java =
        JavaProcess.start(
            List.of("-Xmx512m"),
            "io.tallyman.cli.Tallyman",
            List.of(
                "query",
                "--port",
                "0",
                "--kafka",
                kafka,
                "--set",
                "tallyman.kafka.partitions=1",
                "--data-dir",
                directory.resolve("query").toString()),
            ANNOUNCEMENT,
            directory.resolve("query.log"));
    try {
      return new QueryProcess(java);
    } catch (RuntimeException e) {
      java.close();
      throw e;
    }
  }

  /** Without a slash at the end. */
  URI url() {
    return url;
  }

  double cpuSeconds() {
    return java.cpuSeconds();
  }

  @Override
  public void close() {
    java.close();
  }
}
