package io.tallyman.query.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.view.ContainerView;
import io.tallyman.query.view.Containers;

/** The path of Statspout's REST repository: the latest sample of each container, as an array. */
@Controller("/stats")
@ExecuteOn(TaskExecutors.BLOCKING)
final class StatspoutController {

  private final Containers containers;

  StatspoutController(Containers containers) {
    this.containers = containers;
  }

  @Get
  HttpResponse<byte[]> stats() {
    return Json.ok(json -> {
      json.writeStartArray();
      for (ContainerView view : containers.sampled()) {
        Views.statspout(view, json);
      }
      json.writeEndArray();
    });
  }
}
