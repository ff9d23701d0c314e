package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.SigningKey;
import io.tidegate.audit.World;
import io.tidegate.config.Environment;
import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AuditLog.Notes;
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
import java.time.Duration;
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
    FileAuditLog log = new FileAuditLog(new AuditConfig(folder, 64 << 10, 1 << 30, Duration.ofDays(30)), SigningKey.of(new byte[32]), "boot", 1, World.NONE,
        () -> Instant.parse("2026-11-24T08:00:00Z").plusSeconds(seconds++), loop, Runnable::run);
    Findings findings = new Findings(List.of(new Finding("CN_ID", 0, 0, 18, Likelihood.VERY_LIKELY, "cn-id")), Set.of());
    for (String id : new String[] {"r1", "r2"}) {
      Decision decision = DecisionFixture.decision(DecisionFixture.request(id, Operation.CHAT, "auto", false, "{\"messages\":[\"CANARY\"]}"),
          Sensitivity.RESTRICTED, Destination.PRIVATE);
      log.decided(decision, findings, List.of(), new byte[32], Notes.NONE, loop);
      log.ended(decision, new RouteInfo(id, Sensitivity.RESTRICTED, LatencyClass.STANDARD, null, null, "", "00", RouteInfo.CacheOutcome.BYPASS, 1),
          Refusal.NO_PERMITTED_UPSTREAM, 5_000_000, io.tidegate.line.Upstreams.Usage.UNKNOWN, loop);
    }
    log.close();
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
      bytes[500] ^= 1;
      Files.write(segment, bytes);
      assertThat(run("audit", "export", "--directory", folder.toString())).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains(segment.toString(), "checksum");
    }
  }

  @Test
  void showsOneRequestWhole() {
    assertThat(run("audit", "show", "r2", "--directory", folder.toString())).isZero();
    assertThat(out()).contains("request      r2", "decided      RESTRICTED STANDARD by policy 00", "findings     {CN_ID/VERY_LIKELY/cn-id=1}",
        "ended        refused=no_permitted_upstream after 1 attempts and 5 ms");
    assertThat(run("audit", "show", "nobody", "--directory", folder.toString())).isEqualTo(1);
  }

  @Test
  @DisplayName("G7 verify finds a sound directory sound with the key from elsewhere, and names the byte of a change")
  void verifies() throws IOException {
    assertThat(run("audit", "key", "--directory", folder.toString())).isZero();
    Path key = Files.writeString(folder.resolveSibling(folder.getFileName() + ".pem"), out());
    assertThat(out()).startsWith("-----BEGIN PUBLIC KEY-----");
    out.reset();
    assertThat(run("audit", "verify", folder.toString(), "--key", key.toString())).as(out()).isZero();
    assertThat(out()).contains("sound: nothing is missing", "9 records, 3 signed statements").doesNotContain("note:");
    Path other = Files.writeString(folder.resolveSibling(folder.getFileName() + "-other.pem"), SigningKey.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
        13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32}).publicKey().pem());
    out.reset();
    assertThat(run("audit", "verify", folder.toString(), "--key", other.toString())).isEqualTo(1);
    assertThat(out()).contains("FORGED audit-boot-j-000000.tga byte", "signed with a key that was not given, fingerprint", "NOT sound");
    Path segment = folder.resolve("audit-boot-0-000000.tga");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[500] ^= 1;
    Files.write(segment, bytes);
    out.reset();
    assertThat(run("audit", "verify", folder.toString())).isEqualTo(1);
    assertThat(out()).containsPattern("EDITED audit-boot-0-000000.tga byte \\d+ record \\d+: ");
    assertThat(run("audit", "verify", folder.toString(), "--key", segment.toString())).isEqualTo(2);
    assertThat(run("audit", "verify", folder.resolve("nowhere").toString())).isEqualTo(1);
    assertThat(run("audit", "frobnicate")).isEqualTo(2);
  }

  @Test
  @DisplayName("G7 what an earlier visit noted must still be there, even if the whole directory was rolled back")
  void seenBefore() throws IOException {
    assertThat(run("audit", "verify", folder.toString(), "--json")).isZero();
    JsonNode report = new ObjectMapper().readTree(out());
    assertThat(report.get("sound").asBoolean()).isTrue();
    assertThat(report.get("heads")).hasSize(2);
    Path seen = Files.writeString(folder.resolveSibling(folder.getFileName() + ".json"), out());
    out.reset();
    assertThat(run("audit", "verify", folder.toString(), "--seen", seen.toString())).as(out()).isZero();
    // An older state of everything, sound in itself.
    Path older = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-older"));
    Files.copy(folder.resolve("audit.pub"), older.resolve("audit.pub"));
    out.reset();
    assertThat(run("audit", "verify", older.toString(), "--seen", seen.toString())).isEqualTo(1);
    assertThat(out()).contains("MISSING audit-boot-0-000000.tga: the whole chain is gone");
  }

  @Test
  void exportsATimeSpan() {
    assertThat(run("audit", "export", "--directory", folder.toString(), "--from", "2026-11-24T08:00:00Z", "--to", "2026-11-25")).isZero();
    assertThat(out().lines()).hasSize(4);
    out.reset();
    assertThat(run("audit", "export", "--directory", folder.toString(), "--to", "2026-11-24")).isZero();
    assertThat(out()).isEmpty();
    assertThat(run("audit", "export", "--directory", folder.toString(), "--since", "yesterday")).isEqualTo(2);
  }

  @Test
  @DisplayName("B3 names that came from callers cannot move the cursor, turn the text round or forge a line")
  void escapesNames() {
    String hostile = "a\nb\u001b[2J\u202e\u2028c\udb40\udc41\u0085";
    assertThat(AuditText.escaped(hostile)).isEqualTo("a\\u000ab\\u001b[2J\\u202e\\u2028c\\udb40\\udc41\\u0085");
    assertThat(AuditText.escaped("zhōng 中文 é")).isEqualTo("zhōng 中文 é");
  }

  private int run(String... arguments) {
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Tidegate(Environment.empty(), terminal, (config, same) -> 7).run(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
