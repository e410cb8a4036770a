package io.tallyman.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stands in the help; the launcher runs the tests itself, because they are Maven's to run. */
@Command(
    name = "test",
    description = "Run the project's tests (in a clone of the repository).",
    footer = {
      "",
      "Tests that need a Docker Engine run when one is reachable, and must run when",
      "TALLYMAN_TEST_REQUIRE_DOCKER=true.",
      "",
      "Examples:",
      "  ./tallyman test",
      "  ./tallyman test --fast"
    })
final class TestCommand implements Callable<Integer> {

  @Spec @Nullable CommandSpec spec;

  @Option(names = "--fast", description = "Only what needs no server.")
  boolean fast;

  @Option(names = "--soak", description = "The long ones, too, at full length.")
  boolean soak;

  @Override
  public Integer call() {
    throw new CommandException("run it with the launcher of the repository: ./tallyman test");
  }
}
