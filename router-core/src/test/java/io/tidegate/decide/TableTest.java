package io.tidegate.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.Splices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** product.md's table of defaults, cell by cell, through the shipped policy and a real decider. */
class TableTest {
  @ParameterizedTest(name = "{0} × {1}: {2}")
  @CsvSource({
      "RESTRICTED,   INTERACTIVE, PRIVATE,                     false, ''",
      "RESTRICTED,   STANDARD,    PRIVATE,                     false, ''",
      "RESTRICTED,   BATCH,       PRIVATE,                     false, ''",
      "CONFIDENTIAL, INTERACTIVE, PRIVATE,                     false, ''",
      "CONFIDENTIAL, STANDARD,    PRIVATE,                     false, ''",
      "CONFIDENTIAL, BATCH,       PRIVATE,                     false, ''",
      "INTERNAL,     INTERACTIVE, EDGE_CACHE PRIVATE PUBLIC,   true,  tenant:team",
      "INTERNAL,     STANDARD,    EDGE_CACHE PUBLIC PRIVATE,   true,  tenant:team",
      "INTERNAL,     BATCH,       EDGE_CACHE PUBLIC PRIVATE,   true,  tenant:team",
      "PUBLIC,       INTERACTIVE, EDGE_CACHE PRIVATE PUBLIC,   true,  group:all",
      "PUBLIC,       STANDARD,    EDGE_CACHE PUBLIC PRIVATE,   true,  group:all",
      "PUBLIC,       BATCH,       EDGE_CACHE PUBLIC PRIVATE,   true,  group:all"})
  @DisplayName("product.md defaults")
  void cell(Sensitivity sensitivity, LatencyClass latencyClass, String route, boolean cached, String partition) throws Exception {
    Decider decider = new Decider(shippedWithAGroupAndAGrant());
    Decision decision = decider.decide(request(sensitivity, latencyClass), Findings.NONE, Instant.EPOCH);
    assertThat(decision.sensitivity()).isEqualTo(sensitivity);
    assertThat(decision.latencyClass()).isEqualTo(latencyClass);
    List<Destination> expected = new ArrayList<>();
    for (String word : route.split(" ")) {
      expected.add(Destination.valueOf(word));
    }
    assertThat(decision.route()).isEqualTo(expected);
    assertThat(decision.cacheRights().read()).isEqualTo(cached);
    assertThat(decision.cacheRights().store()).isEqualTo(cached);
    assertThat(decision.cacheRights().sampled()).isFalse();
    if (cached) {
      assertThat(decision.cacheRights().sharingGroup()).isEqualTo(partition);
      assertThat(decision.cacheRights().ttlSeconds()).isEqualTo(300);
    }
    for (Zone zone : Zone.values()) {
      boolean cleared = decider.clear(decision, DeciderTest.upstream(zone), new Splices(decision.request().prompt().json()).apply()).isPresent();
      assertThat(cleared).as("%s cleared", zone).isEqualTo(expected.contains(Destination.of(zone)));
    }
  }

  private static PolicyBundle shippedWithAGroupAndAGrant() throws IOException {
    String shipped = Files.readString(Path.of("../policies/baseline.yaml"));
    String changed = shipped.replace("  cache:\n", "  grants: [{id: team, tenants: [team], owner: o, expires: 2027-01-01}]\n  cache:\n    groups: {all: [team, other]}\n");
    assertThat(changed).isNotEqualTo(shipped);
    return io.tidegate.policy.PolicyCompiler.compile(Map.of("p.yaml", changed.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        LocalDate.of(2026, 11, 24))
        .bundle().orElseThrow();
  }

  private static ModelRequest request(Sensitivity sensitivity, LatencyClass latencyClass) throws Exception {
    JsonText json = JsonText.parse("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8), io.tidegate.wire.JsonLimits.DEFAULT);
    return new ModelRequest(sensitivity.name().toLowerCase(Locale.ROOT), Operation.CHAT, new Prompt(json), "auto", false, false, false,
        new Caller("team", "x"), sensitivity, latencyClass, 0, CacheDirective.DEFAULT, 0);
  }
}
