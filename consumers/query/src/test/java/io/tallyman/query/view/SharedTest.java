package io.tallyman.query.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tallyman.query.state.NotReadyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedTest {

  private static final Duration LONG = Duration.ofDays(1);

  private final AtomicInteger reads = new AtomicInteger();

  @Test
  void manyWhoAskAtOnceWaitForOneReading() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Shared<Integer> shared =
        new Shared<>(
            () -> {
              begun.countDown();
              awaitQuietly(go);
              return reads.incrementAndGet();
            },
            LONG);
    List<Thread> threads = new ArrayList<>();
    List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
    for (int n = 0; n < 20; n++) {
      threads.add(Thread.startVirtualThread(() -> answers.add(shared.get())));
    }
    begun.await();
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(answers).hasSize(20);
    assertThat(shared.get()).isEqualTo(shared.last());
    // Who asked while it was being read gets one that began after the question.
    assertThat(reads.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void whatIsFreshWasReadAfterTheCall() {
    Shared<Integer> shared = new Shared<>(reads::incrementAndGet, LONG);
    assertThat(shared.last()).isNull();
    assertThat(shared.get()).isEqualTo(1);
    assertThat(shared.get()).isEqualTo(1);
    assertThat(shared.fresh()).isEqualTo(2);
    assertThat(shared.get()).isEqualTo(2);
  }

  @Test
  void nothingIsSharedForNoTime() {
    Shared<Integer> shared = new Shared<>(reads::incrementAndGet, Duration.ZERO);
    assertThat(shared.get()).isEqualTo(1);
    assertThat(shared.get()).isEqualTo(2);
  }

  @Test
  void itIsRenewedWhileOthersGetWhatIsKnown() {
    Shared<Integer> shared = new Shared<>(reads::incrementAndGet, Duration.ofMillis(50));
    await().until(() -> shared.get() >= 5);
  }

  @Test
  void aFailureIsForThoseWhoWaitAndTheNextTriesAgain() {
    Shared<Integer> shared =
        new Shared<>(
            () -> {
              if (reads.incrementAndGet() == 1) {
                throw new NotReadyException("not yet", null);
              }
              return reads.get();
            },
            LONG);
    assertThatThrownBy(shared::get).isInstanceOf(NotReadyException.class);
    assertThat(shared.get()).isEqualTo(2);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
