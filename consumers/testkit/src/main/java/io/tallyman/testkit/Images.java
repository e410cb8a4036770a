package io.tallyman.testkit;

import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;

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

  /** Completes what is waited for with the first thing that is heard, be it an error. */
  private static final class Pull extends PullImageResultCallback {

    private final CountDownLatch heard = new CountDownLatch(1);

    @Override
    public void onNext(PullResponseItem item) {
      heard.countDown();
      super.onNext(item);
    }

    @Override
    public void onError(Throwable error) {
      heard.countDown();
      super.onError(error);
    }

    @Override
    public void onComplete() {
      heard.countDown();
      super.onComplete();
    }
  }

  /** Empty when it is there. */
  private static String whyNot(String image) {
    try {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return "there is no Docker Engine";
      }
      return pull(image);
    } catch (DockerException | ContainerFetchException e) {
      return String.valueOf(e.getMessage()).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String pull(String image) throws InterruptedException, IOException {
    try (var pull = DockerClientFactory.lazyClient().pullImageCmd(image).exec(new Pull())) {
      if (!pull.heard.await(MAX_FIRST_WORD_SECONDS, TimeUnit.SECONDS)) {
        return "no registry answers";
      }
      return pull.awaitCompletion(MAX_PULL_SECONDS, TimeUnit.SECONDS)
          ? ""
          : "it takes too long to be pulled";
    }
  }
}
