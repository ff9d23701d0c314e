package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real Consul datacenters joined over the wide area, one model service in each: a region dies, and comes back. */
@Tag("consul")
class RegionFailoverIT {
  private static final String RESIDENCY = """
      apiVersion: tidegate/v1
      kind: SensitivityPolicy
      metadata: {name: residency, revision: 1, owner: security}
      spec:
        residency:
          restricted: [east]
      tests:
        - {name: stays in the east, text: '身份证{{cn_id}}', expect: {sensitivity: restricted}}
      """;

  @TempDir
  private Path folder;

  private ConsulAgent east;
  private ConsulAgent west;

  @BeforeEach
  void join() throws IOException {
    east = ConsulAgent.datacenter(Files.createDirectory(folder.resolve("dc1")), "dc1", null);
    west = ConsulAgent.datacenter(Files.createDirectory(folder.resolve("dc2")), "dc2", east);
    GrpcClientIT.await(Duration.ofSeconds(30), "the datacenters know each other", () -> east.call("GET", "/v1/catalog/datacenters", "").contains("dc2"));
  }

  @AfterEach
  void leave() {
    west.close();
    east.close();
  }

  private TestBed bed(Path policies, String hold) {
    TestBed.Builder builder = TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm-private").section("region", "east")
        .section("regions", "{list: [{name: east, datacenter: dc1}, {name: west, datacenter: dc2}], " + hold + "}")
        .section("consul", "{address: '" + east.url() + "', wait: 1s}")
        .section("health", "{interval: 1s, ejectAfter: 3, eject: 200ms, maxEject: 400ms}");
    TestBed bed = (policies == null ? builder : builder.policies(policies)).start();
    east.register("llm-private", "a", "127.0.0.1", bed.privateA.port(), "passing");
    west.register("llm-private", "b", "127.0.0.1", bed.privateB.port(), "passing");
    GrpcClientIT.await(Duration.ofSeconds(30), "both regions are found", () -> found(bed, "east/n1/a") && found(bed, "west/n1/b"));
    return bed;
  }

  private static boolean found(TestBed bed, String id) {
    return bed.daemon.status().contains("\"id\":\"" + id + "\"");
  }

  private static String standing(TestBed bed, String region) {
    String status = bed.daemon.status();
    int at = status.indexOf("\"" + region + "\":\"");
    return at < 0 ? "" : status.substring(at + region.length() + 4, status.indexOf('"', at + region.length() + 4));
  }

  private static HttpResponse<String> restricted(TestBed bed) {
    return bed.chat("auto", "Tell a short story.", false, "x-tidegate-sensitivity", "restricted");
  }

  @Test
  @DisplayName("R3.3 K1 a region dies: the next request is served by the other; it comes back after its hold time, not before")
  void failsOverAndBack() throws Exception {
    try (TestBed bed = bed(null, "hold: 3s, ramp: 0s")) {
      for (int i = 0; i < 20; i++) {
        assertThat(restricted(bed).statusCode()).isEqualTo(200);
      }
      assertThat(bed.privateA.received().modelCalls()).isEqualTo(20);
      assertThat(bed.privateB.received().modelCalls()).as("nothing leaves its own region without need").isZero();
      int port = bed.privateA.port();
      bed.privateA.close();
      for (int i = 0; i < 20; i++) {
        assertThat(restricted(bed).statusCode()).as("request %d after the region died", i).isEqualTo(200);
      }
      assertThat(bed.privateB.received().modelCalls()).isEqualTo(20);
      assertThat(standing(bed, "east")).isEqualTo("LOST");
      try (io.tidegate.lab.emulator.Emulator back = bed.again(port)) {
        GrpcClientIT.await("somebody is well there again", () -> standing(bed, "east").equals("RETURNING"));
        assertThat(restricted(bed).statusCode()).isEqualTo(200);
        assertThat(back.received().modelCalls()).as("held").isZero();
        GrpcClientIT.await(Duration.ofSeconds(20), "the hold is over", () -> standing(bed, "east").equals("SERVING"));
        long west = bed.privateB.received().modelCalls();
        for (int i = 0; i < 20; i++) {
          assertThat(restricted(bed).statusCode()).isEqualTo(200);
        }
        assertThat(back.received().modelCalls()).isEqualTo(20);
        assertThat(bed.privateB.received().modelCalls()).isEqualTo(west);
      }
    }
  }

  @Test
  @DisplayName("R3.3 G1 restricted content bound to a region is refused clearly when that region is gone, and never sent to the other")
  void residencyHolds() throws Exception {
    Path policies = Files.createDirectory(folder.resolve("policies"));
    Files.copy(TestBed.root().resolve("policies/baseline.yaml"), policies.resolve("baseline.yaml"));
    Files.writeString(policies.resolve("residency.yaml"), RESIDENCY);
    try (TestBed bed = bed(policies, "hold: 3s")) {
      assertThat(restricted(bed).statusCode()).isEqualTo(200);
      bed.privateA.close();
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> refused = restricted(bed);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("\"code\":\"no_permitted_region\"").contains("(east)");
      }
      HttpResponse<String> other = bed.chat("qwen3-32b", "Tell a short story.", false, "x-tidegate-sensitivity", "confidential");
      assertThat(other.statusCode()).as("what is bound nowhere goes on").isEqualTo(200);
      assertThat(bed.privateB.received().modelCalls()).isEqualTo(1);
      assertThat(bed.publicOne.received().modelCalls()).isZero();
    }
  }
}
