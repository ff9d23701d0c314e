package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
