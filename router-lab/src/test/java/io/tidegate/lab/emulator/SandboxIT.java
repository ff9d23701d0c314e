package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.LabMain;
import io.tidegate.lab.Sandbox;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxIT {
  @TempDir
  Path folder;

  @Test
  @DisplayName("issue 3 the sandbox in this process: one emulator per side, named in one line")
  void inProcess() {
    try (Sandbox sandbox = Sandbox.start(Map.of("private", EmulatorConfig.of(EmulatedDialect.OLLAMA)))) {
      JsonNode told = Http.json(sandbox.json());
      assertThat(told.path("emulated").asBoolean()).isTrue();
      assertThat(told.at("/private/port").asInt()).isEqualTo(sandbox.side("private").port());
      assertThat(told.at("/private/name").asText()).isEqualTo("EMULATED Ollama (private)");
    }
  }

  @Test
  @DisplayName("issue 3 the sandbox as a program: JSON on standard output and in a file, EMULATED in the log, ends with its parent")
  void asProgram() throws IOException, InterruptedException {
    Path file = folder.resolve("ports.json");
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp",
        System.getProperty("java.class.path"), LabMain.class.getName(), "--private-port", "0", "--public-port", "0", "--print-config",
        "--port-file", file.toString(), "--with-parent", "--think-time", "0").redirectError(folder.resolve("log").toFile()).start();
    try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      JsonNode told = Http.json(out.readLine());
      Poll.until("the file is there", java.time.Duration.ofSeconds(5), () -> Files.exists(file));
      assertThat(Http.json(Files.readString(file))).isEqualTo(told);
      assertThat(told.at("/private/dialect").asText()).isEqualTo("vllm");
      assertThat(told.at("/public/models/0").asText()).isEqualTo("deepseek-flash");
      try (Socket open = new Socket("127.0.0.1", told.at("/public/port").asInt())) {
        assertThat(open.isConnected()).isTrue();
      }
      assertThat(Files.readString(folder.resolve("log"))).contains("EMULATED private upstream").contains("EMULATED public upstream");
      process.getOutputStream().close();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("it ends when its input ends").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
