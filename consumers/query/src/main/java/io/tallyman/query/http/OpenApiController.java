package io.tallyman.query.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.tallyman.query.openapi.OpenApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The description of all paths, and a page that reads it. */
@Controller
final class OpenApiController {

  private static final MediaType YAML = new MediaType("application/yaml");
  private static final String PAGE = "/public/docs/index.html";

  private final byte[] document = OpenApi.document().getBytes(StandardCharsets.UTF_8);

  @Get("/openapi.yml")
  HttpResponse<byte[]> openApi() {
    return HttpResponse.ok(document).contentType(YAML);
  }

  /** Without a slash at the end, under which the files of the page are. */
  @Get("/docs")
  HttpResponse<byte[]> docs() {
    try (InputStream in = OpenApiController.class.getResourceAsStream(PAGE)) {
      return HttpResponse.ok(Objects.requireNonNull(in, PAGE).readAllBytes())
          .contentType(MediaType.TEXT_HTML_TYPE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
