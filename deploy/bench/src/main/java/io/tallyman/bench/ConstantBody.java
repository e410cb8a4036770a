package io.tallyman.bench;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Arrays;

/** What the query service's own server takes to answer when it has nothing to find out. */
@Controller(ConstantBody.PATH)
@Requires(property = "tallyman.part.query")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ConstantBody {

  static final String PATH = "/bench/constant";

  private static final int MAX_BYTES = 64 << 20;
  private byte[] body = {};

  @Get("/{size}")
  synchronized HttpResponse<byte[]> get(int size) {
    if (body.length != size) {
      body = new byte[Math.min(size, MAX_BYTES)];
      Arrays.fill(body, (byte) '1');
    }
    return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
  }
}
