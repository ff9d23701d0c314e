package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.LatencyClass;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResidencyTest {
  private static Residency of(PolicyBundle bundle, String tenant, Sensitivity sensitivity) {
    return bundle.cell(tenant, sensitivity, LatencyClass.STANDARD).residency();
  }

  @Test
  @DisplayName("R3.3 G1 what holds for a sensitivity holds for those above it, and a tenant's for all of its own; both together narrow")
  void joins() {
    PolicyBundle bundle = Policies.bundle("residency: {internal: [east, north], restricted: [east, west]}\ntenants: {clinic: {residency: [north]}}");
    assertThat(of(bundle, "any", Sensitivity.PUBLIC)).isEqualTo(Residency.ANYWHERE);
    assertThat(of(bundle, "any", Sensitivity.INTERNAL).regions()).containsExactly("east", "north");
    assertThat(of(bundle, "any", Sensitivity.CONFIDENTIAL).regions()).containsExactly("east", "north");
    assertThat(of(bundle, "any", Sensitivity.RESTRICTED).regions()).containsExactly("east");
    assertThat(of(bundle, "clinic", Sensitivity.PUBLIC).regions()).containsExactly("north");
    assertThat(of(bundle, "clinic", Sensitivity.RESTRICTED).toString()).isEqualTo("nowhere");
    assertThat(bundle.regions()).containsExactly("east", "north");
    assertThat(bundle.unjudged().residency().toString()).as("what cannot be judged might be anybody's").isEqualTo("nowhere");
  }

  @Test
  @DisplayName("R3.3 of two files what both permit")
  void files() {
    PolicyBundle bundle = Policies.bundleOf(Policies.file("one", "residency: {restricted: [east, north]}"),
        Policies.file("two", "residency: {confidential: [north, west]}"));
    assertThat(of(bundle, "any", Sensitivity.RESTRICTED).regions()).containsExactly("north");
    assertThat(of(bundle, "any", Sensitivity.CONFIDENTIAL).regions()).containsExactly("north", "west");
    assertThat(of(bundle, "any", Sensitivity.INTERNAL).anywhere()).isTrue();
  }

  @Test
  @DisplayName("R3.3 a region more is within none, a region less is; unsaid places are permitted to what may be anywhere only")
  void order() {
    Residency one = Residency.in(List.of("east"));
    Residency two = Residency.in(List.of("east", "west"));
    assertThat(one.within(two)).isTrue();
    assertThat(two.within(one)).isFalse();
    assertThat(two.within(Residency.ANYWHERE)).isTrue();
    assertThat(Residency.ANYWHERE.within(two)).isFalse();
    assertThat(one.permits("")).isFalse();
    assertThat(Residency.ANYWHERE.permits("")).isTrue();
    assertThat(Residency.in(List.of()).permits("east")).isFalse();
  }

  @Test
  @DisplayName("R3.3 empty lists, names that are none, and groups' residency are mistakes with a place and a fix")
  void mistakes() {
    assertThat(Policies.compile(Policies.file("a", "residency: {restricted: []}")).problems()).singleElement().asString().contains("no region is named");
    assertThat(Policies.compile(Policies.file("a", "residency: {restricted: [East Coast]}")).problems()).singleElement().asString().contains("not the name of a region");
    assertThat(Policies.compile(Policies.file("a", "groups: {staff: {residency: [east]}}")).problems()).isNotEmpty();
  }
}
