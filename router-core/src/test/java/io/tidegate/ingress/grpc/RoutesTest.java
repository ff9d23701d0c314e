package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RoutesTest {
  @Test
  @DisplayName("R1.2 RouteInfo lists the attempts that were left, without their endpoints")
  void left() {
    RouteInfo route = new RouteInfo("r", Sensitivity.INTERNAL, LatencyClass.STANDARD, Destination.PRIVATE, "home", "floor,harmless", "ab12",
        RouteInfo.CacheOutcome.MISS, 2, List.of(new LeftAttempt("home", "h1", "reset", 12)));
    assertThat(Routes.message(route).getAttempts()).isEqualTo(2);
    assertThat(Routes.message(route).getLeftList()).containsExactly(
        io.tidegate.v1.LeftAttempt.newBuilder().setUpstream("home").setWhy("reset").setMillis(12).build());
  }

  @Test
  @DisplayName("R1.2 RouteInfo tells what attempts that were left had cost, where their upstream had said it")
  void tokens() {
    RouteInfo route = new RouteInfo("r", Sensitivity.INTERNAL, LatencyClass.STANDARD, Destination.PRIVATE, "home", "", "ab12", RouteInfo.CacheOutcome.MISS, 2,
        List.of(new LeftAttempt("home", "h1", "protocol", 12, 310, 0), new LeftAttempt("home", "h1", "reset", 1)));
    io.tidegate.v1.LeftAttempt known = Routes.message(route).getLeft(0);
    assertThat(known.getInputTokens()).isEqualTo(310);
    assertThat(known.hasOutputTokens()).isTrue();
    assertThat(Routes.message(route).getLeft(1).hasInputTokens()).isFalse();
  }
}
