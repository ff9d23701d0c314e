package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.config.Environment;
import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.fake.FakeLoop;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private int seconds;

  @BeforeEach
  void records() throws IOException {
    FakeLoop loop = new FakeLoop();
    FileAuditLog log = new FileAuditLog(AuditConfig.in(folder), "boot", 1, () -> Instant.parse("2026-11-24T08:00:00Z").plusSeconds(seconds++), Runnable::run);
    Findings findings = new Findings(List.of(new Finding("CN_ID", 0, 0, 18, Likelihood.VERY_LIKELY, "cn-id")), Set.of());
    for (String id : new String[] {"r1", "r2"}) {
      Decision decision = DecisionFixture.decision(DecisionFixture.request(id, Operation.CHAT, "auto", false, "{\"messages\":[\"CANARY\"]}"),
          Sensitivity.RESTRICTED, Destination.PRIVATE);
      log.decided(decision, findings, List.of(), new byte[32], loop);
      log.ended(decision, new RouteInfo(id, Sensitivity.RESTRICTED, LatencyClass.STANDARD, null, null, "", "00", RouteInfo.CacheOutcome.BYPASS, 1),
          Refusal.NO_PERMITTED_UPSTREAM, 5_000_000, loop);
    }
  }

  @Test
  void showsTheLastOnesByTime() {
    assertThat(run("audit", "show", "--directory", folder.toString(), "--last", "3")).isZero();
    List<String> lines = out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("2026-11-24T08:00:", " r1 ended refused=no_permitted_upstream", "attempts=1 ms=5");
    assertThat(lines.get(1)).contains("r2 decided RESTRICTED STANDARD route=[PRIVATE]", "findings={CN_ID/VERY_LIKELY/cn-id=1}", "tenant=default");
  }

  @Test
  @DisplayName("G3 exported records are JSON lines without content")
  void exports() throws IOException {
    assertThat(run("audit", "export", "--directory", folder.toString())).isZero();
    assertThat(out()).doesNotContain("CANARY");
    List<String> lines = out().lines().toList();
    assertThat(lines).hasSize(4);
    JsonNode decided = new ObjectMapper().readTree(lines.get(0));
    assertThat(decided.get("kind").asText()).isEqualTo("decided");
    assertThat(decided.get("sensitivity").asText()).isEqualTo("RESTRICTED");
    assertThat(decided.get("findings").get("CN_ID/VERY_LIKELY/cn-id").asInt()).isEqualTo(1);
    JsonNode ended = new ObjectMapper().readTree(lines.get(1));
    assertThat(ended.get("request").asText()).isEqualTo("r1");
    assertThat(ended.get("refusal").asText()).isEqualTo("no_permitted_upstream");
    assertThat(ended.has("destination")).isFalse();
  }

  @Test
  void oneRequestOnly() {
    assertThat(run("audit", "export", "--directory", folder.toString(), "--request", "r2")).isZero();
    assertThat(out().lines()).hasSize(2).allSatisfy(line -> assertThat(line).contains("\"request\":\"r2\""));
  }

  @Test
  void directoryOfTheConfiguration() {
    assertThat(run("audit", "show", "--set", "audit.directory=" + folder)).isZero();
    assertThat(out().lines()).hasSize(4);
  }

  @Test
  @DisplayName("G7 a damaged record is named, with exit 1")
  void damaged() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Path segment = files.sorted().findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(segment);
      bytes[200] ^= 1;
      Files.write(segment, bytes);
      assertThat(run("audit", "export", "--directory", folder.toString())).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains(segment.toString(), "checksum");
    }
  }

  private int run(String... arguments) {
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Tidegate(Environment.empty(), terminal, (config, same) -> 7).run(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
