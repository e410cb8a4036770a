package io.tallyman.agent.engine;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns the bodies of {@code GET /version} and {@code GET /info} into values. */
final class InfoParser {

  private InfoParser() {}

  /** What of {@code /version} is needed to agree on a version. */
  record Version(String engineVersion, ApiVersion offered, ApiVersion oldestOffered) {}

  /** Reads a body of {@code /version}. */
  static Version version(JsonParser parser) throws IOException {
    VersionFields body = new VersionFields();
    Json.object(parser, body::field);
    ApiVersion offered = ApiVersion.parse(body.apiVersion);
    return new Version(
        body.engineVersion,
        offered,
        body.minApiVersion == null ? offered : ApiVersion.parse(body.minApiVersion));
  }

  /** Reads a body of {@code /info}. */
  static EngineInfo info(JsonParser parser, String engineVersion, ApiVersion agreed)
      throws IOException {
    InfoFields body = new InfoFields();
    Json.object(parser, body::field);
    return new EngineInfo(
        body.id,
        body.name,
        engineVersion,
        agreed.toString(),
        body.osType,
        body.kernelVersion,
        body.cgroupVersion,
        body.cgroupDriver,
        body.cpus,
        body.memoryBytes,
        body.running,
        body.paused,
        body.stopped,
        body.images,
        body.goroutines,
        body.fileDescriptors);
  }

  private static final class VersionFields {
    private String engineVersion = "";
    private String apiVersion = "";
    private @Nullable String minApiVersion;

    private void field(String name, JsonParser value) throws IOException {
      switch (name) {
        case "Version" -> engineVersion = Json.textOrEmpty(value);
        case "ApiVersion" -> apiVersion = Json.textOrEmpty(value);
        case "MinAPIVersion" -> minApiVersion = Json.text(value);
        default -> {}
      }
    }
  }

  private static final class InfoFields {
    private String id = "";
    private String name = "";
    private @Nullable String osType;
    private @Nullable String kernelVersion;
    private @Nullable Integer cgroupVersion;
    private @Nullable String cgroupDriver;
    private @Nullable Integer cpus;
    private @Nullable Long memoryBytes;
    private @Nullable Integer running;
    private @Nullable Integer paused;
    private @Nullable Integer stopped;
    private @Nullable Integer images;
    private @Nullable Integer goroutines;
    private @Nullable Integer fileDescriptors;

    private void field(String field, JsonParser value) throws IOException {
      switch (field) {
        case "ID" -> id = Json.textOrEmpty(value);
        case "Name" -> name = Json.textOrEmpty(value);
        case "OSType" -> osType = Json.text(value);
        case "KernelVersion" -> kernelVersion = Json.text(value);
        case "CgroupVersion" -> cgroupVersion = cgroupVersion(Json.text(value));
        case "CgroupDriver" -> cgroupDriver = Json.text(value);
        case "NCPU" -> cpus = Json.integer(value);
        case "MemTotal" -> memoryBytes = Json.number(value);
        case "ContainersRunning" -> running = Json.integer(value);
        case "ContainersPaused" -> paused = Json.integer(value);
        case "ContainersStopped" -> stopped = Json.integer(value);
        case "Images" -> images = Json.integer(value);
        case "NGoroutines" -> goroutines = positive(Json.integer(value));
        case "NFd" -> fileDescriptors = positive(Json.integer(value));
        default -> {}
      }
    }

    private static @Nullable Integer cgroupVersion(@Nullable String text) {
      if (text == null) {
        return null;
      }
      return switch (text) {
        case "1" -> 1;
        case "2" -> 2;
        default -> null;
      };
    }

    /** An engine that does not run in debug mode reports these as absent, null, 0 or -1. */
    private static @Nullable Integer positive(@Nullable Integer number) {
      return number == null || number <= 0 ? null : number;
    }
  }
}
