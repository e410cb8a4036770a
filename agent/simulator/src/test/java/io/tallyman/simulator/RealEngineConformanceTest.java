package io.tallyman.simulator;

import java.net.URI;
import org.junit.jupiter.api.Tag;

/** The engine at {@code DOCKER_HOST}, or on the local socket. */
@Tag("docker")
class RealEngineConformanceTest extends EngineConformance {

  @Override
  URI startEngine() {
    String host = System.getenv("DOCKER_HOST");
    return URI.create(host == null || host.isBlank() ? "unix:///var/run/docker.sock" : host);
  }
}
