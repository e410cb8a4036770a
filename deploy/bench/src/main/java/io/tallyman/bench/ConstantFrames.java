package io.tallyman.bench;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.charset.StandardCharsets;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** What the query service's own server takes to send a frame to many that is always the same. */
@Controller(ConstantFrames.PATH)
@Requires(property = "tallyman.part.query")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ConstantFrames {

  static final String PATH = "/bench/frames";

  private static final int MAX_BYTES = 64 << 20;

  private int size;
  private Flux<byte[]> frames = Flux.empty();

  /** A frame of that size at the interval of the fleet, the same for all who listen. */
  @Get(uri = "/{size}", produces = MediaType.TEXT_EVENT_STREAM)
  synchronized HttpResponse<Publisher<byte[]>> get(int size) {
    if (this.size != size) {
      this.size = size;
      byte[] frame = frame(Math.min(size, MAX_BYTES));
      frames = Flux.interval(QueryFleet.INTERVAL).map(n -> frame).onBackpressureDrop().share();
    }
    return HttpResponse.ok(frames);
  }

  private static byte[] frame(int size) {
    String begin = "event: constant\ndata: ";
    return (begin + "1".repeat(Math.max(0, size - begin.length() - 2)) + "\n\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
