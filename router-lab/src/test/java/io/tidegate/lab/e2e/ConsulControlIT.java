package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators say through a real agent: metadata that narrows, overrides in the KV store, maintenance. */
@Tag("consul")
class ConsulControlIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir
  private Path folder;
  private ConsulAgent agent;
  private TestBed bed;

  @BeforeEach
  void start() {
    agent = ConsulAgent.open(folder);
  }

  @AfterEach
  void stop() {
    if (bed != null) {
      bed.close();
    }
    agent.close();
  }

  private void bed(String consul) {
    bed = TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm, balance: {method: smooth}")
        .section("consul", "{address: '" + agent.url() + "', wait: 5s" + consul + "}").start();
  }

  private void register(String id, int port, String meta) {
    agent.call("PUT", "/v1/agent/service/register",
        "{\"ID\":\"" + id + "\",\"Name\":\"llm\",\"Address\":\"127.0.0.1\",\"Port\":" + port + ",\"Meta\":{" + meta + "}}");
  }

  private void awaitFound(int count) {
    GrpcClientIT.await(LONG, count + " endpoints are found", () -> bed.daemon.status().split("\"discovered\":true", -1).length == count + 1);
  }

  private HttpResponse<String> chat(String sensitivity) {
    return bed.chat("auto", "Tell a short story.", false, "x-tidegate-sensitivity", sensitivity);
  }

  @Test
  @DisplayName("G1 A14 metadata narrows: what says it takes less gets less, and with nobody left the request is refused; it never widens")
  void metadataNarrows() {
    bed("");
    register("narrow", bed.privateA.port(), "\"clearance\":\"internal\",\"slots\":\"many\"");
    register("wide", bed.privateB.port(), "\"clearance\":\"restricted\",\"model\":\"" + TestBed.PRIVATE_MODEL + ", other\",\"context\":\"8192\"");
    awaitFound(2);
    for (int i = 0; i < 20; i++) {
      assertThat(chat("restricted").statusCode()).isEqualTo(200);
    }
    assertThat(bed.privateA.received().modelCalls()).as("restricted requests at the endpoint that takes INTERNAL at most").isZero();
    assertThat(bed.privateB.received().modelCalls()).isEqualTo(20);
    assertThat(bed.publicOne.received().modelCalls()).isZero();
    // Whatever B says, it is not there any more: nobody is left who takes it, and nothing else opens.
    register("wide", bed.privateB.port(), "\"clearance\":\"secret\"");
    GrpcClientIT.await(LONG, "an unreadable clearance rules the endpoint out", () -> bed.daemon.status().split("\"discovered\":true", -1).length == 2);
    HttpResponse<String> refused = chat("restricted");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("takes less");
    assertThat(bed.privateA.received().modelCalls()).isZero();
    assertThat(bed.publicOne.received().modelCalls()).isZero();
  }

  @Test
  @DisplayName("R10 overrides in the KV store: a drain at once, a weight, a bad line named and passed over, and back when the key goes")
  void overrides() {
    bed(", overrides: tidegate/overrides");
    register("a", bed.privateA.port(), "");
    register("b", bed.privateB.port(), "");
    awaitFound(2);
    agent.call("PUT", "/v1/kv/tidegate/overrides/private", "n1/a drain\nn1/b weight 7\nn1/b weight lots\n");
    GrpcClientIT.await(LONG, "a is drained", () -> bed.daemon.status().split("\"discovered\":true", -1).length == 2);
    long before = bed.privateA.received().modelCalls();
    for (int i = 0; i < 10; i++) {
      assertThat(chat("restricted").statusCode()).isEqualTo(200);
    }
    assertThat(bed.privateA.received().modelCalls()).isEqualTo(before);
    assertThat(bed.daemon.status()).contains("\"weight\":7");
    assertThat(bed.admin("/readyz")).contains("key private, line 3").contains("ENDPOINT drain");
    assertThat(bed.metric("tidegate_consul_override_problems")).isEqualTo(1);
    agent.call("DELETE", "/v1/kv/tidegate/overrides/private", "");
    GrpcClientIT.await(LONG, "a is back", () -> bed.daemon.status().split("\"discovered\":true", -1).length == 3 && !bed.daemon.status().contains("\"weight\":7"));
    assertThat(bed.admin("/readyz")).doesNotContain("override");
  }

  @Test
  @DisplayName("R10 maintenance of an upstream's instance or node takes it out, and our own makes us unready, both at once and until it ends")
  void maintenance() {
    bed(", register: {port: 7400, interval: 1s, id: tg}");
    register("a", bed.privateA.port(), "");
    awaitFound(1);
    GrpcClientIT.await(LONG, "registered and ready", () -> agent.call("GET", "/v1/health/service/tidegate?passing", "").contains("tg") && bed.daemon.ready());
    agent.call("PUT", "/v1/agent/service/maintenance/tg?enable=true&reason=test", "");
    GrpcClientIT.await(LONG, "not ready", () -> !bed.daemon.ready());
    assertThat(bed.admin("/readyz")).contains("maintenance");
    assertThat(chat("restricted").statusCode()).as("those who come all the same are served").isEqualTo(200);
    agent.call("PUT", "/v1/agent/service/maintenance/tg?enable=false", "");
    GrpcClientIT.await(LONG, "ready again", () -> bed.daemon.ready());
    agent.call("PUT", "/v1/agent/maintenance?enable=true", "");
    GrpcClientIT.await(LONG, "the whole node: not ready, and its instance is out", () -> !bed.daemon.ready() && !bed.daemon.status().contains("\"discovered\":true"));
    agent.call("PUT", "/v1/agent/maintenance?enable=false", "");
    awaitFound(1);
    GrpcClientIT.await(LONG, "ready again", () -> bed.daemon.ready());
  }
}
