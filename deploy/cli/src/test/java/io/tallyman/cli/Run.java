package io.tallyman.cli;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import io.tallyman.cli.Tallyman.Surroundings;
import io.tallyman.cli.settings.Catalogue;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** What a command line did: its exit code and what it printed. */
record Run(int exitCode, String out, String err) {

  static Run of(String... args) {
    return of(Map.of(), args);
  }

  static Run of(Map<String, String> environment, String... args) {
    return of(new Surroundings(environment, new StopSignal(), Catalogue.builtIn()), args);
  }

  static Run of(Surroundings surroundings, String... args) {
    // Test classes run side by side, and only one thread sets logging up.
    await().until(() -> LoggerFactory.getILoggerFactory() instanceof LoggerContext);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Tallyman.commandLine(surroundings);
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(args);
    return new Run(exitCode, out.toString(), err.toString());
  }
}
