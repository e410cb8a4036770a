package io.tallyman.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypeTest {

  private static final ValueType<Duration> DURATION =
      ValueType.duration(Duration.ofMillis(100), Duration.ofHours(24));

  private static <T> T read(ValueType<T> type, String text) {
    return type.parse(new RawValue.Text(text));
  }

  @ParameterizedTest
  @CsvSource({"5s,5000", "1m30s,90000", "100ms,100", "24h,86400000", "1d,86400000"})
  void durationsAreReadWithTheirUnits(String text, long millis) {
    assertThat(read(DURATION, text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "s", "5x", "5s5", "-5s", "5 s", "PT5S", "99ms", "25h", "1.5s"})
  void whatIsNoDurationOrOutOfLimitsIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> read(DURATION, text));
  }

  @ParameterizedTest
  @CsvSource({"256MiB,268435456", "1KiB,1024", "1 GiB,1073741824", "17,17", "17B,17"})
  void sizesAreReadWithTheirUnits(String text, long bytes) {
    assertThat(read(ValueType.size(1, Long.MAX_VALUE), text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"256MB", "MiB", "-1", "0", "1.5GiB", "2048MiB"})
  void whatIsNoSizeOrOutOfLimitsIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> read(ValueType.size(1, 1L << 30), text));
  }

  @ParameterizedTest
  @CsvSource({
    "unix:///run/docker.sock,unix:///run/docker.sock",
    "unix://,unix:///var/run/docker.sock",
    "tcp://10.0.0.1:2376,tcp://10.0.0.1:2376",
    "tcp://engine/,tcp://engine",
    "engine:2375,tcp://engine:2375",
    "tcp://[::1]:2375,tcp://[::1]:2375",
  })
  void engineAddressesAreReadAsTheDockerCliDoes(String text, String uri) {
    assertThat(read(ValueType.ENGINE, text)).isEqualTo(URI.create(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh://root@host",
        "npipe:////./pipe/docker",
        "unix://run/x.sock",
        "tcp://",
        "a b"
      })
  void otherEngineAddressesAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> read(ValueType.ENGINE, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"kafka", "kafka:", "kafka:0", "kafka:70000", ":9092", "a:1,,b:2", "a b:1"})
  void addressesWithoutHostOrPortAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> read(ValueType.ADDRESSES, text));
  }

  @Test
  void listsAndMapsAreSeparatedByCommas() {
    assertThat(read(ValueType.LIST, "a, b")).isEqualTo(List.of("a", "b"));
    assertThat(read(ValueType.MAP, "site=harbour, url=a=b"))
        .isEqualTo(Map.of("site", "harbour", "url", "a=b"));
    assertThatIllegalArgumentException().isThrownBy(() -> read(ValueType.MAP, "site"));
  }

  @Test
  void tildeIsTheHomeDirectory() {
    assertThat(read(ValueType.PATH, "~/x"))
        .isEqualTo(Path.of(System.getProperty("user.home"), "x"));
  }
}
