package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForecastCommandTest {
  private static final String LARGE = "src/test/resources/traces/servegen-m-large-14d-10min.csv";

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... words) {
    out.reset();
    err.reset();
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Tidegate(Environment.empty(), terminal, (config, ignored) -> 0).run(words);
  }

  @Test
  @DisplayName("R9.2 tidegate forecast score says all measures, for eyes and for a machine, and exits 0 if the forecast beats persistence")
  void score() throws IOException {
    assertThat(run("forecast", "score", "--trace", LARGE)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("1008 forecasts, 30 min ahead, windows of 600 s, from 168.0 h on", "WAPE", "pinball at 0.9", "unserved");
    assertThat(run("forecast", "score", "--trace", LARGE, "--json", "--from", "8d")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(json.get("scored").asInt()).isEqualTo(864);
    assertThat(json.get("wape").asDouble()).isLessThan(json.get("persistence_wape").asDouble());
    assertThat(json.get("unserved").asDouble()).isLessThan(json.get("reactive_unserved").asDouble());
  }

  @Test
  @DisplayName("R9.2 exit code 1 where the forecast is not better: a series that stays as it is until it is something else")
  void notBetter() throws IOException {
    StringBuilder steps = new StringBuilder("t_s,rate_rps\n");
    for (int i = 0; i < 400; i++) {
      steps.append(i * 600).append(',').append(i / 130 % 2 == 0 ? 100 : 400).append('\n');
    }
    assertThat(run("forecast", "score", "--trace", Files.writeString(folder.resolve("steps.csv"), steps).toString())).isEqualTo(1);
  }

  @Test
  @DisplayName("R9.2 a file that is not a series is exit code 2 and says what is wrong with which line")
  void usage() throws IOException {
    Path file = folder.resolve("x.csv");
    assertThat(run("forecast", "score", "--trace", file.toString())).isEqualTo(2);
    Files.writeString(file, "t_s,rate_rps\n0,1\n600,many\n");
    assertThat(run("forecast", "score", "--trace", file.toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("line 3", "Fix: ").doesNotContain("many");
    Files.writeString(file, "t_s,rate_rps\n0,1\n600,0\n1200,0\n");
    assertThat(run("forecast", "score", "--trace", file.toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no window is left to score", "--zeros");
    assertThat(run("forecast", "score", "--trace", LARGE, "--from", "soon")).isEqualTo(2);
    assertThat(run("forecast")).isEqualTo(2);
    assertThat(run("forecast", "score")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"0,1|600,2|600,3; line 4 is not later than the line before", "0,1|600,2|1200,1e308; line 4 is not a time and a rate from 0 to 1000000000",
      "0,1|600,-2; line 3 is not a time and a rate from 0", "0,3180,10|57,110,20; line 2 has 3 columns where a time and a rate are wanted", "0;line 2 has 1 column where",
      "0,1|598,1|1200,1; windows are 598 s apart"})
  @DisplayName("R9.2 an odd series is refused by its line, and no figure is ever not a number")
  void oddSeries(String rows, String said) throws IOException {
    Path file = Files.writeString(folder.resolve("odd.csv"), "t_s,rate_rps\n" + rows.replace('|', '\n') + "\n");
    assertThat(run("forecast", "score", "--trace", file.toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(said.strip());
  }

  @Test
  @DisplayName("R9.2 a series without any load has no error to measure: said, not printed as NaN")
  void nothingButQuiet() throws IOException {
    StringBuilder quiet = new StringBuilder("t_s,rate_rps\n");
    for (int i = 0; i < 100; i++) {
      quiet.append(i * 600).append(",0\n");
    }
    assertThat(run("forecast", "score", "--zeros", "--trace", Files.writeString(folder.resolve("quiet.csv"), quiet).toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("every window that is scored is quiet");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
