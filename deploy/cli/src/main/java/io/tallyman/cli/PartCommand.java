package io.tallyman.cli;

import io.tallyman.cli.settings.Settings;

/** A command that runs one part until it is asked to stop. */
abstract class PartCommand extends SettingsCommand {

  /** Starts the part; what fails later is told to the signal. */
  abstract AutoCloseable start(Settings settings, StopSignal stop);

  @Override
  final void run(Settings settings) {
    StopSignal stop = surroundings().stop();
    AutoCloseable part = start(settings, stop);
    try {
      stop.await();
    } finally {
      close(part);
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CommandException("did not stop in order: " + e.getMessage(), e);
    }
  }
}
