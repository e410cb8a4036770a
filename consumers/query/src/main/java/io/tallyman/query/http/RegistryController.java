package io.tallyman.query.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.tallyman.query.state.NotReadyException;
import io.tallyman.query.view.FleetReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The paths of a Confluent schema registry that readers need, from {@code docker.schemas.v1}, so
 * that stock deserializers and tools read the topics. Parameters they add are let pass.
 */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class RegistryController {

  private static final MediaType TYPE = MediaType.of("application/vnd.schemaregistry.v1+json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FleetReader fleet;

  RegistryController(FleetReader fleet) {
    this.fleet = fleet;
  }

  /** One schema as it was published. */
  private record Published(int id, String subject, int version, String schema) {

    static Optional<Published> parse(Map.Entry<String, String> entry) {
      try {
        JsonNode json = JSON.readTree(entry.getValue());
        return Optional.of(
            new Published(
                Integer.parseInt(entry.getKey()),
                json.path("subject").asText(),
                json.path("version").asInt(),
                json.path("schema").asText()));
      } catch (JsonProcessingException | NumberFormatException e) {
        return Optional.empty();
      }
    }
  }

  /** The registry's own kinds of error, with their codes. */
  private enum Missing {
    SUBJECT(HttpStatus.NOT_FOUND, 40401, "Subject '%s' not found."),
    VERSION(HttpStatus.NOT_FOUND, 40402, "Version %s not found."),
    SCHEMA(HttpStatus.NOT_FOUND, 40403, "Schema %s not found"),
    INVALID_VERSION(
        HttpStatus.UNPROCESSABLE_ENTITY,
        42202,
        "The specified version '%s' is not a valid version id.");

    private final HttpStatus status;
    private final int code;
    private final String message;

    Missing(HttpStatus status, int code, String message) {
      this.status = status;
      this.code = code;
      this.message = message;
    }
  }

  @Get("/schemas/ids/{id}")
  HttpResponse<byte[]> schema(String id) {
    return answering(() -> {
      String json = fleet.schemas().get(id);
      Optional<Published> found =
          json == null ? Optional.empty() : Published.parse(Map.entry(id, json));
      return found
          .map(schema ->
              ok(to -> {
                to.writeStartObject();
                to.writeStringField("schema", schema.schema());
                to.writeEndObject();
              }))
          .orElseGet(() -> missing(Missing.SCHEMA, id));
    });
  }

  @Get("/subjects")
  HttpResponse<byte[]> subjects() {
    return answering(() ->
        ok(to -> {
          to.writeStartArray();
          for (String subject :
              published().stream().map(Published::subject).distinct().sorted().toList()) {
            to.writeString(subject);
          }
          to.writeEndArray();
        }));
  }

  @Get("/subjects/{subject}/versions")
  HttpResponse<byte[]> versions(String subject) {
    return answering(() -> {
      List<Published> versions = versionsOf(subject);
      if (versions.isEmpty()) {
        return missing(Missing.SUBJECT, subject);
      }
      return ok(to -> {
        to.writeStartArray();
        for (Published version : versions) {
          to.writeNumber(version.version());
        }
        to.writeEndArray();
      });
    });
  }

  @Get("/subjects/{subject}/versions/{version}")
  HttpResponse<byte[]> version(String subject, String version) {
    return answering(() -> {
      boolean latest = version.equals("latest") || version.equals("-1");
      if (!latest && !version.matches("[1-9]\\d{0,8}")) {
        return missing(Missing.INVALID_VERSION, version);
      }
      List<Published> versions = versionsOf(subject);
      if (versions.isEmpty()) {
        return missing(Missing.SUBJECT, subject);
      }
      return versions.reversed().stream()
          .filter(next -> latest || next.version() == Integer.parseInt(version))
          .findFirst()
          .map(RegistryController::ok)
          .orElseGet(() -> missing(Missing.VERSION, version));
    });
  }

  private List<Published> versionsOf(String subject) {
    return published().stream()
        .filter(schema -> schema.subject().equals(subject))
        .sorted(Comparator.comparingInt(Published::version))
        .toList();
  }

  private List<Published> published() {
    List<Published> all = new ArrayList<>();
    fleet.schemas().entrySet().forEach(entry -> Published.parse(entry).ifPresent(all::add));
    return all;
  }

  private static MutableHttpResponse<byte[]> ok(Published schema) {
    return ok(to -> {
      to.writeStartObject();
      to.writeStringField("subject", schema.subject());
      to.writeNumberField("version", schema.version());
      to.writeNumberField("id", schema.id());
      to.writeStringField("schema", schema.schema());
      to.writeEndObject();
    });
  }

  private static MutableHttpResponse<byte[]> ok(Json.Document document) {
    return HttpResponse.ok(Json.bytes(document)).contentType(TYPE);
  }

  private static MutableHttpResponse<byte[]> missing(Missing kind, String what) {
    return error(kind.status, kind.code, kind.message.formatted(what));
  }

  private static MutableHttpResponse<byte[]> error(HttpStatus status, int code, String message) {
    byte[] body =
        Json.bytes(to -> {
          to.writeStartObject();
          to.writeNumberField("error_code", code);
          to.writeStringField("message", message);
          to.writeEndObject();
        });
    return HttpResponse.<byte[]>status(status).body(body).contentType(TYPE);
  }

  private static HttpResponse<byte[]> answering(
      java.util.function.Supplier<MutableHttpResponse<byte[]>> answer) {
    try {
      return answer.get();
    } catch (NotReadyException e) {
      return error(
              HttpStatus.SERVICE_UNAVAILABLE,
              HttpStatus.SERVICE_UNAVAILABLE.getCode(),
              String.valueOf(e.getMessage()))
          .header("Retry-After", ProblemHandlers.RETRY_AFTER_SECONDS);
    }
  }
}
