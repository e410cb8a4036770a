package io.tallyman.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Where log lines go and how many there are; starts as {@code logback.xml} says. */
final class Logging {

  private static final String FILE_PATTERN = "%d %-5level [%thread] %logger - %msg%n";
  private static final FileSize MAX_FILE = new FileSize(10 * FileSize.MB_COEFFICIENT);
  private static final int OLD_FILES = 2;

  private Logging() {}

  /** Sets the level of our own loggers; libraries stay at warn. */
  static void level(LogLevel level) {
    logger("io.tallyman").setLevel(Level.valueOf(level.name()));
  }

  /**
   * For the time after a failure that was told: what Kafka says of it from then on adds nothing.
   */
  static void muteKafka() {
    logger("org.apache.kafka").setLevel(Level.OFF);
    logger("kafka").setLevel(Level.OFF);
    logger("state.change.logger").setLevel(Level.OFF);
  }

  /** Sends all lines to a file instead of standard error; 30 MB of them are kept. */
  static void toFile(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setName("file");
    appender.setFile(file.toString());

    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(file + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(OLD_FILES);
    rolling.start();

    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(MAX_FILE);
    trigger.start();

    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(FILE_PATTERN);
    encoder.start();

    appender.setRollingPolicy(rolling);
    appender.setTriggeringPolicy(trigger);
    appender.setEncoder(encoder);
    appender.start();
    Logger root = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}
