package io.tidegate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Sensitivity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, really killed: what it said it had noted is noted. */
class KilledLabelsIT {
  private static final byte[] KEY = new byte[32];
  private static final int BYTES = 64 * LabelBits.PAGE;

  /** Notes labels as fast as it can and says each once it is noted, until it is killed. */
  public static final class Writer {
    public static void main(String[] args) throws IOException {
      KeyedLabels labels = KeyedLabels.open(Path.of(args[0]), BYTES, KEY, task -> { });
      labels.alarm().ifPresent(why -> System.out.println("ALARM " + why));
      for (int i = 0; ; i++) {
        labels.of("t", args[1] + i).raise(i % 2 == 0 ? Sensitivity.RESTRICTED : Sensitivity.CONFIDENTIAL);
        byte[] line = (i + "\n").getBytes(StandardCharsets.US_ASCII);
        // One write of a few bytes is whole or not there.
        System.out.write(line, 0, line.length);
        System.out.flush();
      }
    }
  }

  @TempDir Path folder;

  @Test
  @DisplayName("decisions 11 kill -9 while labels are noted: each that was said to be noted is there, and the file is sound")
  void killed() throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(6);
    List<String> noted = new ArrayList<>();
    for (int round = 0; round < 8; round++) {
      Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
          System.getProperty("java.class.path"), Writer.class.getName(), folder.resolve("labels").toString(), "r" + round + "-")
          .redirectError(ProcessBuilder.Redirect.INHERIT).start();
      int until = random.nextInt(20, 2_000);
      int last = -1;
      try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line;
        while ((line = out.readLine()) != null) {
          assertThat(line).doesNotContain("ALARM");
          last = Integer.parseInt(line);
          if (last == until) {
            // SIGKILL on Linux; by its handle, so that its output stays readable.
            process.toHandle().destroyForcibly();
          }
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      assertThat(process.exitValue()).isEqualTo(128 + 9);
      assertThat(last).isGreaterThanOrEqualTo(until);
      for (int i = 0; i <= last; i++) {
        noted.add("r" + round + "-" + i);
      }
      try (KeyedLabels labels = KeyedLabels.open(folder.resolve("labels"), BYTES, KEY, task -> { })) {
        assertThat(labels.alarm()).isEmpty();
        assertThat(noted).allMatch(session -> labels.of("t", session).label().compareTo(Sensitivity.CONFIDENTIAL) >= 0);
      }
    }
  }
}
