package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerHeadsTest {
  private final AnswerHeads heads = new AnswerHeads();

  @Test
  void bothProtocolsSayTheSame() {
    AnswerHeads.Block block = heads.of(route("a", "care", "home", CacheOutcome.MISS));
    assertThat(new String(block.http1, StandardCharsets.US_ASCII)).isEqualTo("""
        x-tidegate-sensitivity: RESTRICTED\r
        x-tidegate-latency-class: BATCH\r
        x-tidegate-destination: PRIVATE\r
        x-tidegate-upstream: home\r
        x-tidegate-rule: care\r
        x-tidegate-policy: a\r
        x-tidegate-cache: miss\r
        """);
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < block.http2.length; i += 2) {
      pairs.append(block.http2[i]).append(": ").append(block.http2[i + 1]).append("\r\n");
    }
    assertThat(pairs.toString()).isEqualTo(new String(block.http1, StandardCharsets.US_ASCII));
  }

  @Test
  void aRouteOfTheSameKindIsEncodedOnce() {
    AnswerHeads.Block block = heads.of(route("a", "care", "home", CacheOutcome.MISS));
    assertThat(heads.of(route("a", "care", "home", CacheOutcome.MISS))).isSameAs(block);
    for (RouteInfo other : List.of(route("a", "", "home", CacheOutcome.MISS), route("a", "care", null, CacheOutcome.MISS), route("a", "care", "home", CacheOutcome.HIT),
        new RouteInfo("2", Sensitivity.PUBLIC, LatencyClass.BATCH, Destination.PRIVATE, "home", "care", "a", CacheOutcome.MISS, 1),
        new RouteInfo("2", Sensitivity.RESTRICTED, LatencyClass.STANDARD, Destination.PRIVATE, "home", "care", "a", CacheOutcome.MISS, 1),
        new RouteInfo("2", Sensitivity.RESTRICTED, LatencyClass.BATCH, Destination.PUBLIC, "home", "care", "a", CacheOutcome.MISS, 1))) {
      assertThat(heads.of(other)).as(other.toString()).isNotSameAs(block);
    }
  }

  @Test
  void nothingIsKeptOfAPolicyThatIsNoLongerInForce() {
    AnswerHeads.Block block = heads.of(route("a", "care", "home", CacheOutcome.MISS));
    assertThat(new String(heads.of(route("b", "other", "home", CacheOutcome.MISS)).http1, StandardCharsets.US_ASCII)).contains("x-tidegate-policy: b\r\n");
    assertThat(new String(heads.of(route("b", "care", "home", CacheOutcome.MISS)).http1, StandardCharsets.US_ASCII)).contains("x-tidegate-policy: b\r\n");
    assertThat(heads.of(route("a", "care", "home", CacheOutcome.MISS))).isNotSameAs(block);
  }

  private static RouteInfo route(String policy, String rule, @Nullable String upstream, CacheOutcome cache) {
    return new RouteInfo("1", Sensitivity.RESTRICTED, LatencyClass.BATCH, Destination.PRIVATE, upstream, rule, policy, cache, 1);
  }
}
