package io.tallyman.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** Secrets that containers carry where Docker lets one put them, and what of them may be seen. */
public final class Planted {

  /** Begin of every one of them. */
  private static final String SECRET = "hunter2";

  /** In an environment variable. */
  public static final String IN_ENVIRONMENT = SECRET + "-environment";

  /** On the command line of the main process. */
  public static final String IN_COMMAND = SECRET + "-command";

  /** On the command line of an exec, such as that of a health check. */
  public static final String IN_EXEC = SECRET + "-exec";

  /** What an exec prints. */
  public static final String IN_OUTPUT = SECRET + "-output";

  /** In a label that is not allowed. */
  public static final String IN_LABEL = SECRET + "-label";

  /** In an allowed label whose name tells that it is secret. */
  public static final String IN_SECRET_LABEL = SECRET + "-secret-label";

  /** In the value of an allowed label, after the word that tells. */
  public static final String IN_VALUE = SECRET + "-value";

  /** What may be published, so that a test knows where it looks. */
  public static final String HARMLESS = "harmless-marker";

  /** Globs of the labels that are allowed. */
  public static final String ALLOWED = "team,app.*";

  private static final int MEBIBYTE = 1 << 20;

  private Planted() {}

  /** Labels that lie, that are huge and that hold secrets. */
  public static Map<String, String> labels() {
    return Map.of(
        "exitCode",
        "0",
        "name",
        "x",
        "signal",
        "1",
        "huge",
        IN_LABEL + "h".repeat(MEBIBYTE),
        "other",
        IN_LABEL,
        "app.db_password",
        IN_SECRET_LABEL,
        "app.dsn",
        "host=db password=" + IN_VALUE + " x",
        "team",
        HARMLESS + "t".repeat(MEBIBYTE));
  }

  /** Fails with the place where one of the secrets stands. */
  public static void assertNowhere(String place, String text) {
    int at = text.indexOf(SECRET);
    assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 80), Math.min(text.length(), at + 80)))
        .as("a secret in " + place)
        .isEmpty();
  }

  /** Looks through everything that an agent leaves. */
  public static void assertNowhere(AgentProcess agent, String bootstrapServers) throws Exception {
    assertNowhere("the log", agent.log());
    agent.files().forEach(Planted::assertNowhere);
    AgentProcess.topics(bootstrapServers).forEach(Planted::assertNowhere);
  }
}
