package io.tallyman.cli;

import io.tallyman.cli.settings.Nearest;
import io.tallyman.cli.settings.SettingsException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on standard error, and an exit code. */
final class Errors {

  private static final Logger log = LoggerFactory.getLogger(Errors.class);

  private Errors() {}

  static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    StringBuilder line = new StringBuilder(oneLine(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched) {
      suggestion(unmatched).ifPresent(it -> line.append("; did you mean ").append(it).append('?'));
    }
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + line + " (see '" + name + " --help')");
    return ExitCode.USAGE;
  }

  private static Optional<String> suggestion(UnmatchedArgumentException e) {
    String given = e.getUnmatched().getFirst();
    if (given.startsWith("-")) {
      Set<String> options = e.getCommandLine().getCommandSpec().optionsMap().keySet();
      return Optional.of(Nearest.to(given, options));
    }
    return e.getSuggestions().stream().findFirst();
  }

  static int failed(Exception e, CommandLine command, ParseResult parsed) {
    log.debug("{} failed", command.getCommandSpec().qualifiedName(), e);
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + explain(e));
    return e instanceof SettingsException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  /** What our own exceptions say is meant for the user; of others the type is told, too. */
  static String explain(Throwable e) {
    String message = e.getMessage();
    if (message != null && e.getClass().getName().startsWith("io.tallyman.")) {
      return oneLine(message);
    }
    return "unexpected %s%s (--log-level debug shows where)"
        .formatted(e.getClass().getSimpleName(), message == null ? "" : ": " + oneLine(message));
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
