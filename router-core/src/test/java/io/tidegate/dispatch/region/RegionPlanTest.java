package io.tidegate.dispatch.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.region.Distances.Coordinate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RegionPlanTest {
  private final RegionPlan plan = new RegionPlan(List.of("east", "north", "south", "west"),
      Map.of("llm", List.of("west", "south", "north", "east"), "small", List.of("south", "west")), "east", "");

  private static Coordinate at(double seconds) {
    return new Coordinate(List.of(seconds, 0.0), 0.001, 0);
  }

  private void far() {
    plan.learn(Distances.of(Map.of("east", at(0), "north", at(0.150), "south", at(0.005), "west", at(0.040))));
  }

  @Test
  @DisplayName("R3.1 the caller's region first, then the order that is written")
  void written() {
    assertThat(plan.of("llm", "south")).containsExactly("south", "east", "north", "west");
    assertThat(plan.of("llm", "")).as("our own").containsExactly("east", "north", "south", "west");
    assertThat(plan.of("llm", "nowhere")).containsExactly("east", "north", "south", "west");
    assertThat(plan.of("small", "")).containsExactly("south", "west");
    assertThat(plan.of("other", "east")).isEmpty();
  }

  @Test
  @DisplayName("R3.1 without a match the nearest by coordinates, else the configured default")
  void nearest() {
    assertThat(plan.home()).isEqualTo("east");
    RegionPlan lost = new RegionPlan(List.of("north", "west"), Map.of("llm", List.of("north", "west")), "", "west");
    assertThat(lost.home()).isEqualTo("west");
    RegionPlan edge = new RegionPlan(List.of("north", "west"), Map.of("llm", List.of("north", "west")), "edge", "north");
    edge.learn(Distances.of(Map.of("edge", at(0.039), "north", at(0.150), "west", at(0.040))));
    assertThat(edge.home()).isEqualTo("west");
    assertThat(edge.of("llm", "")).containsExactly("west", "north");
  }

  @Test
  @DisplayName("R3.1 the others by distance from the caller's region")
  void byDistance() {
    far();
    assertThat(plan.of("llm", "")).containsExactly("east", "south", "west", "north");
    assertThat(plan.of("llm", "north")).containsExactly("north", "west", "south", "east");
  }

  @Test
  @DisplayName("R3.3 a prepared query: so many of the nearest, then those that are listed, each once; then the rest")
  void prepared() {
    far();
    plan.learn("llm", 0, List.of("north", "south"));
    assertThat(plan.of("llm", "")).containsExactly("east", "north", "south", "west");
    plan.learn("llm", 1, List.of("north", "south"));
    assertThat(plan.of("llm", "")).containsExactly("east", "south", "north", "west");
    plan.learn("llm", 0, List.of("mars", "west"));
    assertThat(plan.of("llm", "")).as("what is not configured is not there").containsExactly("east", "west", "south", "north");
    assertThat(plan.of("small", "")).containsExactly("south", "west");
  }

  @Test
  @DisplayName("R3.3 nothing that is learnt adds a region to an upstream or takes one away")
  void sameRegions() {
    far();
    plan.learn("small", 3, List.of("east", "north"));
    for (String home : List.of("east", "north", "south", "west", "", "mars")) {
      assertThat(plan.of("small", home)).containsExactlyInAnyOrder("south", "west");
      assertThat(plan.of("llm", home)).containsExactlyInAnyOrder("east", "north", "south", "west");
    }
  }

  @Test
  @DisplayName("R3.1 a distance is Consul's: heights and adjustments count, unless they make it negative; spaces of other dimensions are far")
  void distance() {
    Coordinate a = new Coordinate(List.of(0.0, 0.003), 0.001, -0.0005);
    Coordinate b = new Coordinate(List.of(0.004, 0.0), 0.002, -0.0005);
    assertThat(a.to(b)).isEqualTo(0.007, org.assertj.core.data.Offset.offset(1e-12));
    assertThat(a.to(new Coordinate(List.of(0.004, 0.0), 0.002, -1))).isEqualTo(0.008, org.assertj.core.data.Offset.offset(1e-12));
    assertThat(a.to(new Coordinate(List.of(0.0), 0, 0))).isInfinite();
    assertThat(new Coordinate(List.of(Double.NaN, 0.0), 0, 0).to(b)).isInfinite();
  }
}
