package io.tallyman.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineEndpointTest {

  private static final Path HOME = Path.of("/home/u");

  @Test
  void withoutEnvironmentItIsTheLocalSocket() {
    EngineEndpoint endpoint = EngineEndpoint.fromEnvironment(Map.of(), HOME);

    assertThat(endpoint.host()).isEqualTo(EngineEndpoint.LOCAL_SOCKET);
    assertThat(endpoint.tls()).isFalse();
  }

  @Test
  void dockerHostIsReadAsTheDockerCliReadsIt() {
    assertThat(from(Map.of("DOCKER_HOST", "tcp://10.0.0.1")).host())
        .isEqualTo(URI.create("tcp://10.0.0.1:2375"));
    EngineEndpoint verified =
        from(Map.of("DOCKER_HOST", "tcp://10.0.0.1:99", "DOCKER_TLS_VERIFY", "1"));
    assertThat(verified.host()).isEqualTo(URI.create("https://10.0.0.1:99"));
    assertThat(verified.caFile()).isEqualTo(Path.of("/home/u/.docker/ca.pem"));
    EngineEndpoint elsewhere =
        from(
            Map.of(
                "DOCKER_HOST", "tcp://h", "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", "/certs"));
    assertThat(elsewhere.host()).isEqualTo(URI.create("https://h:2376"));
    assertThat(elsewhere.keyFile()).isEqualTo(Path.of("/certs/key.pem"));
  }

  @Test
  void whatCannotBeTalkedToIsRefusedWithAHint() {
    assertThatThrownBy(() -> EngineEndpoint.of(URI.create("ssh://u@h")))
        .hasMessageContaining("use unix://, tcp:// or https://");
    assertThatThrownBy(() -> EngineEndpoint.of(URI.create("unix:")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new EngineEndpoint(URI.create("tcp://h"), null, Path.of("/cert.pem"), null))
        .hasMessageContaining("go together");
  }

  private static EngineEndpoint from(Map<String, String> environment) {
    return EngineEndpoint.fromEnvironment(environment, HOME);
  }
}
