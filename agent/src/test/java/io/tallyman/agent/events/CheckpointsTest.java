package io.tallyman.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  @TempDir Path directory;

  @Test
  void aWriteThatComesAfterTheLastOneChangesNothing() throws Exception {
    CheckpointFile file = new CheckpointFile(directory.resolve("watch"));
    PipelineBench.HandClock clock = new PipelineBench.HandClock();
    Offers offers = new Offers(new PipelineBench.RecordingLane());
    List<Runnable> begun = new ArrayList<>();
    Checkpoints checkpoints =
        new Checkpoints(
            file,
            new EventCursor(clock, clock.instant(), Set.of()),
            offers,
            () -> new Checkpoints.Table(List.of(), List.of(), List.of()),
            begun::add,
            clock::nanos,
            Duration.ZERO);
    checkpoints.accepted("first");
    checkpoints.keep();
    offers.settle();
    assertThat(begun).hasSize(1);

    checkpoints.accepted("second");
    checkpoints.close();
    begun.getFirst().run();

    assertThat(file.read().eventIds()).containsExactly("first", "second");
  }
}
