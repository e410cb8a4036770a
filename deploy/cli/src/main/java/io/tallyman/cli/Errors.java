package io.tallyman.cli;

import io.tallyman.cli.settings.Nearest;
import io.tallyman.cli.settings.SettingsException;
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
    String what =
        e instanceof UnmatchedArgumentException unmatched
            ? unknown(unmatched)
            : oneLine(String.valueOf(e.getMessage()));
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + what + " (see '" + name + " --help')");
    return ExitCode.USAGE;
  }

  private static String unknown(UnmatchedArgumentException e) {
    CommandLine command = e.getCommandLine();
    String given = e.getUnmatched().getFirst();
    boolean option = given.startsWith("-");
    Set<String> known =
        option
            ? command.getCommandSpec().optionsMap().keySet()
            : command.getCommandSpec().subcommands().keySet();
    String what = "there is no %s%s".formatted(option ? "option " : "", given);
    return known.isEmpty() ? what : what + "; did you mean " + Nearest.to(given, known) + "?";
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
