package io.tallyman.e2e.faults;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Agents as processes of their own. */
public final class Agents {

  public static final int HEAP_MIB = 192;

  private Agents() {}

  /** One that has not been started; its data is in a directory that it keeps over its lives. */
  public static JavaProcess agent(
      Path directory, String hostId, URI engine, String kafka, String... settings) {
    var program =
        new ArrayList<>(
            List.of(
                "io.tallyman.cli.Tallyman",
                "agent",
                "--kafka",
                kafka,
                "--docker-host",
                engine.toString(),
                "--data-dir",
                directory.toString(),
                "--port",
                "0",
                "--set",
                "tallyman.host.id=" + hostId,
                "--set",
                "tallyman.kafka.partitions=1"));
    for (var setting : settings) {
      program.addAll(List.of("--set", setting));
    }
    return new JavaProcess(directory.resolveSibling("agent.log"), HEAP_MIB, program);
  }
}
