package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
  @Test
  @DisplayName("K1 two calls at once, then one per refill, and a rest fills the bucket no further than the burst")
  void bucketBoundsChurn() {
    TokenBucket bucket = new TokenBucket(2, 15, -3);
    assertThat(bucket.take(-3)).isZero();
    assertThat(bucket.take(-3)).isZero();
    assertThat(bucket.take(-3)).isEqualTo(15);
    assertThat(bucket.take(12)).isEqualTo(15);
    assertThat(bucket.take(1000)).isZero();
    assertThat(bucket.take(1000)).isZero();
    assertThat(bucket.take(1001)).isEqualTo(14);
  }

  @Test
  @DisplayName("K1 the back-off doubles to its cap with jitter over the upper half")
  void backoffDoubles() {
    SplittableRandom random = new SplittableRandom(7);
    long[] ceilings = {100, 200, 400, 800, 1000, 1000};
    for (int failures = 1; failures <= ceilings.length; failures++) {
      long ceiling = ceilings[failures - 1];
      for (int i = 0; i < 1000; i++) {
        assertThat(Backoff.waitNanos(failures, 100, 1000, random)).isBetween(ceiling / 2, ceiling - 1);
      }
    }
    assertThat(Backoff.waitNanos(Integer.MAX_VALUE, 100, Long.MAX_VALUE, random)).isPositive();
    assertThatThrownBy(() -> Backoff.waitNanos(0, 100, 1000, random)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://h:1", "http:///x", "http://h:1/v1", "http://u:p@h:1", "http://h:1?x=1", "h:1", "/v1"})
  @DisplayName("K2 an agent's address is scheme, host and port")
  void addressIsBare(String address) {
    assertThatThrownBy(() -> ConsulConfig.defaults(URI.create(address))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("address:");
  }

  @Test
  @DisplayName("K1 contradictory bounds are refused with the key's name")
  void boundsAreChecked() {
    ConsulConfig config = ConsulConfig.defaults(ConsulConfig.LOCAL_AGENT);
    assertThatThrownBy(() -> config.withWait(Duration.ofMinutes(11), Duration.ofSeconds(1))).hasMessageStartingWith("longestWait:");
    assertThatThrownBy(() -> config.withPace(0, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))
        .hasMessageStartingWith("burst");
    assertThatThrownBy(() -> config.withPace(1, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageStartingWith("backoffCap:");
    assertThatThrownBy(() -> config.withGraces(Duration.ofSeconds(-1), Duration.ZERO)).hasMessageStartingWith("emptyGrace");
  }
}
