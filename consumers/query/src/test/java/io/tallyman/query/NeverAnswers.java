package io.tallyman.query;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.concurrent.CountDownLatch;

/** A path of the service that answers when a test lets it. */
@Controller(NeverAnswers.PATH)
@Requires(property = "tallyman.part.query")
@ExecuteOn(TaskExecutors.BLOCKING)
final class NeverAnswers {

  static final String PATH = "/internal/test/never";

  final CountDownLatch released = new CountDownLatch(1);

  @Get
  String get() throws InterruptedException {
    released.await();
    return "";
  }
}
