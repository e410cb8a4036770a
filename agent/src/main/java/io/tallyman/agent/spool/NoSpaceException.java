package io.tallyman.agent.spool;

import java.io.IOException;

/** The disk, or the quota on it, is full. */
final class NoSpaceException extends IOException {

  private static final long serialVersionUID = 1L;

  NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
