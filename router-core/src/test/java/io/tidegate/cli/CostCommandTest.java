package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.SigningKey;
import io.tidegate.audit.World;
import io.tidegate.config.Environment;
import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostCommandTest {
  private static final String PRICES = "prices:\n- {upstream: dear, input: 2, output: 8}\n"
      + "- {upstream: cheap, input: 1, cachedInput: 0.1, output: 2, batchPercent: 50, peakPercent: 200, peakHours: ['sat-sun 00:00-24:00']}\n";
  /** 2025-11-24, a Monday. */
  private static final String LINE = "{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{\"created\":1764000000,\"usage\":{\"prompt_tokens\":1000000,"
      + "\"completion_tokens\":500000,\"prompt_tokens_details\":{\"cached_tokens\":500000}}}},\"route\":{\"upstream\":\"UP\",\"cache\":\"CACHE\",\"attempts\":1},\"error\":null}\n";

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    return new Tidegate(Environment.empty(), new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)),
        (config, terminal) -> 7).run(arguments);
  }

  private String config(String text) throws IOException {
    return Files.writeString(folder.resolve("tidegate.yaml"), text).toString();
  }

  private String answers(String... lines) throws IOException {
    return Files.writeString(folder.resolve("answers.jsonl"), String.join("", lines)).toString();
  }

  @Test
  @DisplayName("R2.8 the report says what was paid, what would have been, and each cause")
  void report() throws IOException {
    String file = answers(LINE.replace("UP", "cheap").replace("CACHE", "miss"), LINE.replace("UP", "").replace("CACHE", "hit"), "{\"response\":null}\n");
    assertThat(run("cost", "-c", config(PRICES), file)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
        2 answers: 0.775000; each a call to dear: 12.000000; 93.5 % less
          cache     50.0 %  (1 answers)
          dedupe     0.0 %  (0 answers)
          target    33.3 %  (1 answers)
          prefix     3.8 %  (1 answers)
          tariff     6.5 %  (1 answers)
        1 lines without an answer or its tokens were left out
        """);
    out.reset();
    assertThat(run("cost", "-c", config(PRICES), "--json", "--reference", "cheap", file)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{\"answers\":2,\"reference\":\"cheap\",\"without\":4,\"with\":0.775,");
  }

  @Test
  @DisplayName("R2.8 --records covers all traffic: streams, whole answers, hits and shared calls by the tokens of the call they spared; refusals cost nothing")
  void allTraffic() throws IOException {
    Path records = folder.resolve("records");
    FakeLoop loop = new FakeLoop();
    FileAuditLog log = new FileAuditLog(new AuditConfig(records, 64 << 10, 1 << 30, Duration.ofDays(30)), SigningKey.of(new byte[32]), "boot", 1, World.NONE,
        () -> Instant.parse("2026-11-24T08:00:00Z"), loop, Runnable::run);
    Usage usage = new Usage(1_000_000, 500_000, 500_000, -1);
    ended(log, loop, "hit before its answer in the records", 1, Destination.EDGE_CACHE, "", CacheOutcome.HIT, 0, null, Usage.UNKNOWN);
    ended(log, loop, "answer", 1, Destination.PUBLIC, "cheap", CacheOutcome.MISS, 1, null, usage);
    ended(log, loop, "shared", 1, Destination.PUBLIC, "cheap", CacheOutcome.MISS, 0, null, Usage.UNKNOWN);
    ended(log, loop, "dear", 2, Destination.PRIVATE, "dear", CacheOutcome.BYPASS, 2, null, new Usage(1_000_000, 0, -1, -1));
    ended(log, loop, "refused", 3, null, "", CacheOutcome.MISS, 3, Refusal.BUSY, Usage.UNKNOWN);
    ended(log, loop, "left", 4, null, "", CacheOutcome.MISS, 1, null, Usage.UNKNOWN);
    ended(log, loop, "uncounted", 5, Destination.PUBLIC, "cheap", CacheOutcome.MISS, 1, null, Usage.UNKNOWN);
    ended(log, loop, "semantic", 1, Destination.EDGE_CACHE, "", CacheOutcome.SEMANTIC, 0, null, Usage.UNKNOWN);
    ended(log, loop, "hit of an answer that is in no record", 6, Destination.EDGE_CACHE, "", CacheOutcome.STALE, 0, null, Usage.UNKNOWN);
    log.close();
    assertThat(run("cost", "-c", config(PRICES), "--records", "--directory", records.toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
        4 answers: 3.550000; each a call to dear: 20.000000; 82.3 % less
          cache     30.0 %  (1 answers)
          dedupe    30.0 %  (1 answers)
          target    20.0 %  (1 answers)
          prefix     2.3 %  (1 answers)
          tariff     0.0 %  (0 answers)
        3 answers without a count of tokens were left out
        """);
    out.reset();
    assertThat(run("cost", "-c", config(PRICES), "--records", "--directory", records.toString(), "--since", "1s", "--json")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{\"answers\":0,");
    assertThat(run("cost", "-c", config(PRICES), "--records", "a file")).isEqualTo(Exit.USAGE);
    assertThat(run("cost", "-c", config(PRICES))).isEqualTo(Exit.USAGE);
    assertThat(run("cost", "-c", config(PRICES), "--records", "--directory", folder.resolve("none").toString())).isEqualTo(Exit.USAGE);
    assertThat(run("cost", "-c", config(PRICES), "--records", "--since", "soon")).isEqualTo(Exit.USAGE);
  }

  private static void ended(FileAuditLog log, FakeLoop loop, String id, int body, @Nullable Destination destination, String upstream, CacheOutcome cache,
      int attempts, @Nullable Refusal refusal, Usage usage) {
    Decision decision = DecisionFixture.decision(DecisionFixture.request(id, Operation.CHAT, "auto", false, "{}"), Sensitivity.PUBLIC, Destination.PUBLIC);
    byte[] digest = new byte[32];
    digest[0] = (byte) (0x80 + body);
    log.decided(decision, Findings.NONE, List.of(), digest, Notes.NONE, loop);
    log.ended(decision, new RouteInfo(id, Sensitivity.PUBLIC, LatencyClass.STANDARD, destination, upstream, "", "00", cache, attempts), refusal, 1, usage, loop);
  }

  @Test
  @DisplayName("R2.8 an upstream without a price is named, and the exit code says so")
  void unpriced() throws IOException {
    assertThat(run("cost", "-c", config(PRICES), answers(LINE.replace("UP", "other").replace("CACHE", "miss")))).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("prices: there is none of other");
    assertThat(run("cost", "-c", config("prices: []\n"), answers(LINE))).isEqualTo(Exit.USAGE);
    assertThat(run("cost", "-c", config(PRICES), folder.resolve("none").toString())).isEqualTo(Exit.USAGE);
  }

  @Test
  @DisplayName("R2.8 what is wrong in the table is told with its place")
  void broken() throws IOException {
    assertThat(run("cost", "-c", config("prices:\n- {upstream: a, input: -1}\n- {upstream: a, peakZone: Mars}\n- {upstream: b, peakHours: ['9-12']}\n"), "x"))
        .isEqualTo(Exit.BAD_CONFIGURATION);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(":2:", ":3:", "two prices of a", "time zone", ":4:", "no hours of a day");
  }
}
