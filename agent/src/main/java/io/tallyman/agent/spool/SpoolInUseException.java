package io.tallyman.agent.spool;

import java.io.IOException;

/** Another process, or another part of this one, owns the spool. */
public final class SpoolInUseException extends IOException {

  private static final long serialVersionUID = 1L;

  SpoolInUseException(String message) {
    super(message);
  }
}
