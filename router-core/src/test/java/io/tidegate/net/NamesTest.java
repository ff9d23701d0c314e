package io.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;

class NamesTest {
  private volatile long now;
  private volatile @Nullable String address = "10.0.0.1";
  private final AtomicInteger lookups = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private final Names names = new Names(() -> now, 100, 1_000_000_000_000L, this::lookUp);

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    lookups.incrementAndGet();
    String answer = address;
    if (host.equals("hanging")) {
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (answer == null) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.getByName(answer)};
  }

  @AfterEach
  void close() {
    never.countDown();
    names.close();
  }

  private String resolve(String host) {
    CompletableFuture<String> found = new CompletableFuture<>();
    names.resolve(host, Runnable::run, all -> found.complete(all.length == 0 ? "unknown" : all[0].getHostAddress()));
    try {
      return found.get(5, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("a literal address needs no look-up")
  void literals() {
    assertThat(resolve("192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(resolve("::1")).isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(lookups).hasValue(0);
  }

  @Test
  @DisplayName("an answer is kept while it is fresh, then asked for again")
  void fresh() {
    assertThat(resolve("model")).isEqualTo("10.0.0.1");
    address = "10.0.0.2";
    now = 99;
    assertThat(resolve("model")).isEqualTo("10.0.0.1");
    now = 100;
    assertThat(resolve("model")).isEqualTo("10.0.0.2");
    assertThat(lookups).hasValue(2);
  }

  @Test
  @DisplayName("an outage of the resolver leaves the last good answer in force, and is not asked about all the time")
  void stale() {
    assertThat(resolve("model")).isEqualTo("10.0.0.1");
    address = null;
    now = 100;
    assertThat(resolve("model")).isEqualTo("10.0.0.1");
    assertThat(resolve("model")).isEqualTo("10.0.0.1");
    assertThat(lookups).hasValue(2);
    now = 2_000_000_000_000L;
    assertThat(resolve("model")).isEqualTo("unknown");
    assertThat(resolve("never-seen")).isEqualTo("unknown");
  }

  @Test
  @DisplayName("H7 a resolver that hangs blocks nobody else and piles up nothing")
  void hanging() {
    AtomicInteger told = new AtomicInteger();
    for (int i = 0; i < 2000; i++) {
      names.resolve("hanging", Runnable::run, all -> told.incrementAndGet());
    }
    // The first 256 wait for the one look-up; the others are told at once that the name is unknown.
    assertThat(told).hasValue(2000 - 256);
    assertThat(lookups.get()).isLessThanOrEqualTo(1);
    assertThat(resolve("model")).isEqualTo("10.0.0.1");
  }

  @Test
  @DisplayName("G8 the number of names kept is bounded")
  void boundedNames() {
    for (int i = 0; i < 1024; i++) {
      assertThat(resolve("name-" + i)).isEqualTo("10.0.0.1");
    }
    assertThat(resolve("one-too-many")).isEqualTo("unknown");
    now = 100;
    assertThat(resolve("one-too-many")).isEqualTo("10.0.0.1");
  }
}
