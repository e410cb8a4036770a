package io.tallyman.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tallyman.cli.settings.Catalogue;
import io.tallyman.cli.settings.ConfigKey;
import io.tallyman.cli.settings.ConfigKeys;
import io.tallyman.cli.settings.Settings;
import io.tallyman.cli.settings.SettingsException;
import io.tallyman.cli.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineChoiceTest {

  @TempDir Path directory;

  private static Settings settings(
      Map<String, String> environment, Map<ConfigKey<?>, String> flags) {
    return SettingsLoader.load(Catalogue.builtIn(), null, environment, List.of(), flags);
  }

  @Test
  void anEngineThatWasNamedIsTaken() {
    Settings settings = settings(Map.of(), Map.of(ConfigKeys.DOCKER_HOST, "unix:///no.sock"));
    assertThat(EngineChoice.of(settings, false, OptionalInt.empty(), Map.of()))
        .isInstanceOf(EngineChoice.Real.class);
  }

  @Test
  void simulateBeatsTheDockerVariableButNotANamedEngine() {
    Settings variable = settings(Map.of("DOCKER_HOST", "unix:///no.sock"), Map.of());
    assertThat(EngineChoice.of(variable, true, OptionalInt.of(7), Map.of()))
        .isEqualTo(new EngineChoice.Simulated(OptionalInt.of(7), null));

    Settings flag = settings(Map.of(), Map.of(ConfigKeys.DOCKER_HOST, "unix:///no.sock"));
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> EngineChoice.of(flag, true, OptionalInt.empty(), Map.of()))
        .withMessageContaining("--docker-host");
  }

  @Test
  void withoutANamedOrInstalledEngineItIsSimulated() throws IOException {
    Path socket = directory.resolve("docker.sock");
    Map<String, String> path = Map.of("PATH", directory.resolve("bin") + ":");
    assertThat(InstalledEngine.isThere(socket, path)).isFalse();

    Files.createDirectory(directory.resolve("bin"));
    Path dockerd = Files.writeString(directory.resolve("bin/dockerd"), "");
    assertThat(InstalledEngine.isThere(socket, path)).isFalse();
    assertThat(dockerd.toFile().setExecutable(true)).isTrue();
    assertThat(InstalledEngine.isThere(socket, path)).isTrue();
    assertThat(InstalledEngine.isThere(socket, Map.of())).isFalse();

    Files.writeString(socket, "");
    assertThat(InstalledEngine.isThere(socket, Map.of())).isTrue();
  }
}
