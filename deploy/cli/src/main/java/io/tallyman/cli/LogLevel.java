package io.tallyman.cli;

/** Values of {@code --log-level}, as they are written there. */
enum LogLevel {
  error,
  warn,
  info,
  debug,
  trace
}
