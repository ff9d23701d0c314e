package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The openai packages of PyPI and npm, unchanged, against the daemon. {@code script/test} installs them under target/clients. */
class ForeignClientsIT {
  private static final Path SCRIPTS = TestBed.root().resolve("router-lab/src/test/clients");
  private static final Path INSTALLED = TestBed.root().resolve("router-lab/target/clients");

  @TempDir private Path folder;

  @Test
  @DisplayName("openai of PyPI: chat, stream, tools, embeddings, models, error classes, jobs (R2.7)")
  void python() throws Exception {
    run(INSTALLED.resolve("python/bin/python").toString(), SCRIPTS.resolve("python/check_openai.py").toString());
  }

  @Test
  @DisplayName("openai of npm: chat, stream, tools, embeddings, models, error classes, jobs (R2.7)")
  void node() throws Exception {
    Path script = INSTALLED.resolve("node/check-openai.mjs");
    Files.copy(SCRIPTS.resolve("node/check-openai.mjs"), script, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    run("node", script.toString());
  }

  private void run(String... command) throws IOException, InterruptedException {
    assertThat(INSTALLED).as("installed by script/test").exists();
    try (TestBed bed = TestBed.builder().privateMore(", embeddings: true").section("jobs", "{directory: '" + folder.resolve("jobs") + "'}").start()) {
      List<String> words = new java.util.ArrayList<>(List.of(command));
      words.add(bed.uri("/v1").toString());
      Path output = bed.directory.resolve("client.out");
      Process process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
      boolean ended = process.waitFor(90, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      assertThat(ended && process.exitValue() == 0).as(Files.readString(output)).isTrue();
      assertThat(Files.readString(output)).contains("all checks passed");
    }
  }
}
