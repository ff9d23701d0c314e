package io.tidegate.assay.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.decide.Decider;
import io.tidegate.line.Rules;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.CaseWorld.Audit;
import io.tidegate.policy.CaseWorld.Cache;
import io.tidegate.policy.CaseWorld.Consul;
import io.tidegate.policy.CaseWorld.Side;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The whole table of what becomes of a request: sensitivity × latency class × state of the world, cell by cell. {@code -Dtidegate.golden=write} writes it. */
class RouteTableTest {
  private static final Path TABLE = Path.of("src/test/resources/io/tidegate/assay/world/route-table.csv");
  private static final List<Side> SIDES = List.of(Side.UP, Side.BUSY, Side.DOWN);

  @Test
  @DisplayName("R6.1 each cell of the checked-in table is what the daemon's own line does under the shipped policy")
  void cellByCell() throws Exception {
    List<String> seen = new ArrayList<>();
    seen.add("sensitivity,latency class,private,public,edge cache,target or refusal");
    Rehearsal rehearsal = Rehearsal.toTheEnd(new Rules(new Classifier(List.of()), new Decider(shippedWithAGrant())), new RehearsalPlugs());
    for (Sensitivity sensitivity : Sensitivity.values()) {
      for (LatencyClass latencyClass : LatencyClass.values()) {
        for (Side home : SIDES) {
          for (Side away : SIDES) {
            for (Cache cache : List.of(Cache.MISS, Cache.HIT)) {
              rehearsal.forget();
              rehearsal.remember(request(sensitivity, latencyClass), false);
              Performance performance = rehearsal.walk(request(sensitivity, latencyClass),
                  World.of(new CaseWorld(home, away, Consul.FRESH, cache, Audit.OK)));
              seen.add(String.join(",", word(sensitivity), word(latencyClass), word(home), word(away), word(cache), performance.outcome()));
            }
          }
        }
      }
    }
    if ("write".equals(System.getProperty("tidegate.golden"))) {
      Files.writeString(TABLE, String.join("\n", seen) + "\n");
    }
    assertThat(seen).hasSize(1 + 4 * 3 * 3 * 3 * 2).isEqualTo(Files.readAllLines(TABLE));
  }

  @Test
  @DisplayName("R6.1 A3 no cell of the table sends CONFIDENTIAL or RESTRICTED to public or takes it from the cache")
  void tableItselfIsSafe() throws IOException {
    List<String> upper = Files.readAllLines(TABLE).stream().filter(line -> line.startsWith("confidential,") || line.startsWith("restricted,")).toList();
    assertThat(upper).hasSize(2 * 3 * 3 * 3 * 2).noneMatch(line -> line.endsWith("by public") || line.endsWith("by edge-cache"));
    assertThat(upper).filteredOn(line -> line.contains(",down,")).filteredOn(line -> line.split(",")[2].equals("down"))
        .allMatch(line -> line.endsWith("refused no_permitted_upstream"));
  }

  private static ModelRequest request(Sensitivity declared, LatencyClass latencyClass) throws Exception {
    JsonText json = JsonText.parse("{\"model\":\"auto\",\"messages\":[]}".getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    Caller caller = new Caller(declared == Sensitivity.PUBLIC ? "website" : "default", "x");
    return new ModelRequest("t", Operation.CHAT, new Prompt(json), "auto", false, false, false, caller, declared, latencyClass, 0, CacheDirective.DEFAULT, 0);
  }

  private static PolicyBundle shippedWithAGrant() throws IOException {
    String shipped = Files.readString(Path.of("../policies/baseline.yaml"));
    String changed = shipped.replace("  cache:\n", "  grants: [{id: website, tenants: [website], owner: o, expires: 2099-01-01}]\n  cache:\n");
    assertThat(changed).isNotEqualTo(shipped);
    return PolicyCompiler.compile(Map.of("p.yaml", changed.getBytes(StandardCharsets.UTF_8)), LocalDate.of(2026, 11, 25)).bundle().orElseThrow();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
