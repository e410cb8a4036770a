package io.tallyman.testkit;

import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/**
 * Images of stores that tests use where they can be had. Whether one could be is logged; that it
 * could not be is no failure.
 */
public final class Images {

  private static final Logger log = LoggerFactory.getLogger(Images.class);

  /** A registry that can be reached at all has said something by then. */
  private static final int MAX_FIRST_WORD_SECONDS = 15;

  private static final int MAX_PULL_SECONDS = 240;

  private Images() {}

  /** Whether the image is there now, pulled if need be. */
  public static boolean canUse(String image) {
    String reason = whyNot(image);
    log.info("The image {} {}", image, reason.isEmpty() ? "is used" : "is not used: " + reason);
    return reason.isEmpty();
  }

  /** Empty when it is there. */
  private static String whyNot(String image) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return "there is no Docker Engine";
    }
    try (var pull =
        DockerClientFactory.lazyClient().pullImageCmd(image).exec(new PullImageResultCallback())) {
      // An error ends the first wait at once.
      if (pull.awaitCompletion(MAX_FIRST_WORD_SECONDS, TimeUnit.SECONDS)) {
        return "";
      }
      if (!pull.awaitStarted(0, TimeUnit.SECONDS)) {
        return "no registry answers";
      }
      return pull.awaitCompletion(MAX_PULL_SECONDS, TimeUnit.SECONDS)
          ? ""
          : "it takes too long to be pulled";
    } catch (DockerException e) {
      return String.valueOf(e.getMessage()).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } catch (IOException e) {
      return e.toString();
    }
  }
}
