package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.discovery.ConsulConfig;
import io.tidegate.discovery.ConsulFolder;
import io.tidegate.fake.FakeConsul;
import io.tidegate.fake.FakeConsul.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policies from Consul's KV store: bytes from a carrier, and nothing else. */
class PolicyFolderTest {
  private final FakeConsul consul = new FakeConsul();
  private final ConsulFolder folder = new ConsulFolder(ConsulConfig.defaults(consul.url()), "tidegate/policies", new SplittableRandom(1));
  private final PolicyFolder carrier = new PolicyFolder(folder, "tidegate/policies");

  @AfterEach
  void close() {
    carrier.close();
    consul.close();
  }

  private static String row(String key, String value) {
    return "{\"Key\":\"" + key + "\",\"Flags\":0,\"Value\":" + (value.isEmpty() ? "null" : "\""
        + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) + "\"") + "}";
  }

  private static Reply rows(String... rows) {
    return Reply.of(200, "[" + String.join(",", rows) + "]").index(7);
  }

  @Test
  @DisplayName("K2 the keys right below the prefix are the files, manifest and signatures among them; the rest is not read")
  void files() throws Exception {
    consul.answer(rows(row("tidegate/policies/", ""), row("tidegate/policies/a.yaml", "one"), row("tidegate/policies/deeper/b.yaml", "two"),
        row("tidegate/policies/bundle.manifest.json", "{}"), row("tidegate/policies/bundle.sig", "x"), row("tidegate/policies/notes.txt", "n")));
    PolicyTexts texts = carrier.read();
    assertThat(texts.files()).containsOnlyKeys("a.yaml");
    assertThat(new String(texts.files().get("a.yaml"), StandardCharsets.UTF_8)).isEqualTo("one");
    assertThat(texts.manifest()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
    assertThat(texts.signatures()).isEqualTo("x".getBytes(StandardCharsets.UTF_8));
    assertThat(consul.queries()).extracting(FakeConsul.Query::path).containsExactly("/v1/kv/tidegate/policies/");
  }

  @Test
  @DisplayName("K1 errors, garbled, foreign and empty answers, and those without a leader, give nothing, and say so without content")
  void nothing() {
    Reply[] bad = {Reply.of(403, "denied CANARY"), Reply.of(500, ""), Reply.of(200, "{"), Reply.of(200, "[{\"Key\":\"CANARY/a.yaml\",\"Value\":\"\"}]"),
        Reply.of(200, "[]"), Reply.of(200, "[" + row("tidegate/policies/a.yaml", "one").replace("b25l", "***") + "]"),
        rows(row("tidegate/policies/a.yaml", "one")).header("X-Consul-KnownLeader", "false"),
        rows(row("tidegate/policies/a.yaml", "one")).header("X-Consul-Results-Filtered-By-ACLs", "true")};
    for (Reply reply : bad) {
      consul.answer(reply);
      assertThatThrownBy(carrier::read).isInstanceOf(PolicyCarrier.Unreadable.class).hasMessageNotContaining("CANARY");
    }
  }

  @Test
  @DisplayName("a change of the index is seen")
  void changes() {
    consul.answer(rows(row("tidegate/policies/a.yaml", "one")), rows(row("tidegate/policies/a.yaml", "two")).index(8));
    Object before = carrier.stamp();
    folder.start();
    org.assertj.core.api.Assertions.assertThat(before).isEqualTo(0L);
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!carrier.stamp().equals(2L) && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    assertThat((Long) carrier.stamp()).isGreaterThanOrEqualTo(2L);
  }
}
