package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons that share an account by leases at a real agent. */
@Tag("consul")
class AccountLeaseIT {
  private static final String LEASES = "/v1/kv/tidegate/leases/public/";

  @TempDir
  private Path folder;

  private static TestBed bed(ConsulAgent agent, String name) {
    return TestBed.builder().section("consul", "{address: '" + agent.url() + "'}").section("limits", "{instances: 4, lease: " + name + "}").start();
  }

  private static boolean holds(ConsulAgent agent, String name) {
    return agent.call("GET", LEASES + name, "").contains("\"Session\"");
  }

  private static boolean accountHas(TestBed bed, int places) {
    return bed.daemon.status().replace(" ", "").contains("\"limit\":" + places + ",");
  }

  @Test
  @DisplayName("R7.7 a daemon takes its lease, has one place of the account at first and answers, and gives the lease back when it stops")
  void takesAndGivesBack() {
    try (ConsulAgent agent = ConsulAgent.open(folder); LogCapture log = new LogCapture()) {
      takesAndGivesBack(agent);
      if (holds(agent)) {
        // The time that a daemon which stops has for it is short.
        assertThat(new String(log.events(), StandardCharsets.UTF_8)).contains("Consul did not take back the leases of router-1");
        takesAndGivesBack(agent);
      }
      assertThat(holds(agent)).isFalse();
    }
  }

  private static void takesAndGivesBack(ConsulAgent agent) {
    try (TestBed bed = bed(agent, "router-1")) {
      assertThat(accountHas(bed, 1)).as(bed.daemon.status()).isTrue();
      GrpcClientIT.await("it holds its lease", () -> holds(agent, "router-1"));
      assertThat(bed.chat("auto", "Tell a short story.", false, "x-tidegate-sensitivity", "public").statusCode()).isEqualTo(200);
    }
  }

  private static boolean holds(ConsulAgent agent) {
    return agent.call("GET", LEASES + "router-1", "").contains("router-1");
  }

  @Test
  @Tag("long")
  @DisplayName("R7.7 two of four daemons share the 500 places of an account; one stops: the other has all; the agent is gone: it has a fourth")
  void share() {
    try (ConsulAgent agent = ConsulAgent.open(folder); TestBed one = bed(agent, "router-1")) {
      try (TestBed two = bed(agent, "router-2")) {
        GrpcClientIT.await(Duration.ofSeconds(60), "each has half", () -> accountHas(one, 250) && accountHas(two, 250));
      }
      GrpcClientIT.await(Duration.ofSeconds(60), "one has all", () -> accountHas(one, 500));
      agent.kill();
      GrpcClientIT.await(Duration.ofSeconds(60), "the static part", () -> accountHas(one, 125));
    }
  }
}
