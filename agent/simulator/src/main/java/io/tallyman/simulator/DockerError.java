package io.tallyman.simulator;

/** A refusal with the engine's own status and message. */
final class DockerError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  DockerError(int status, String message) {
    super(message);
    this.status = status;
  }

  static DockerError noSuchContainer(String reference) {
    return new DockerError(404, "No such container: " + reference);
  }

  int status() {
    return status;
  }

  /** The message, which is never null. */
  String text() {
    return String.valueOf(getMessage());
  }
}
