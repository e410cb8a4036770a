package io.tallyman.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallyman.v1.GapReason;
import io.tallyman.v1.Resource;
import io.tallyman.v1.Stream;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Expected values are from {@code printf '…' | sha256sum | cut -c1-32}. */
class EventIdsTest {

  private static final String C = SampleRecords.CONTAINER;
  private static final Instant TO = Instant.ofEpochSecond(1_700_000_001L);

  /** {@code printf 'host-1\n1700000000123456789\ndie\n%s\n' $C}. */
  @Test
  void anEventWithoutOldNameEndsWithANewline() {
    assertThat(EventIds.eventId("host-1", 1_700_000_000_123_456_789L, "die", C, null))
        .isEqualTo("39dec08d4c5979279f166b36d8890fce");
  }

  /** {@code printf 'host-1\n1700000000123456789\nrename\n%s\nold-é' $C}. */
  @Test
  void theOldNameOfARenameCountsAsUtf8() {
    assertThat(EventIds.eventId("host-1", 1_700_000_000_123_456_789L, "rename", C, "old-é"))
        .isEqualTo("723405da7cdbfbf7a99693667b61e8b9");
  }

  /** {@code printf 'host-1\nEVENTS\nRING_OVERFLOW\n1700000000000001\n1700000001000000'}. */
  @Test
  void timesOfAGapCountToTheMicrosecond() {
    Instant from = Instant.ofEpochSecond(1_700_000_000L, 1_999);
    assertThat(EventIds.gapId("host-1", Stream.EVENTS, GapReason.RING_OVERFLOW, from, TO))
        .isEqualTo("d9f71de41820a9c6ab3c522937cc0787");
  }

  /** {@code printf 'host-1\nSTATS\nAGENT_DOWN\n\n1700000001000000'}. */
  @Test
  void aGapWithoutBeginHasAnEmptyLine() {
    assertThat(EventIds.gapId("host-1", Stream.STATS, GapReason.AGENT_DOWN, null, TO))
        .isEqualTo("04a4ed405664c13cbb16eb4a48f88192");
  }

  /** {@code printf 'host-1\n%s\nCPU\n1700000000500000' $C}. */
  @Test
  void anAlertIsNamedByItsEpisode() {
    Instant since = Instant.ofEpochSecond(1_700_000_000L, 500_000_000);
    assertThat(EventIds.alertId("host-1", C, Resource.CPU, since))
        .isEqualTo("e496acb5c3a331371113feef230f14c4");
  }
}
