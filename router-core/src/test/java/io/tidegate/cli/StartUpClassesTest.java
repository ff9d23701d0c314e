package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a start loads before the daemon itself begins, seen in a JVM of its own. */
class StartUpClassesTest {
  @Test
  @DisplayName("I3.9 serve reads its configuration without picocli, Jackson, CEL, OkHttp or a logging library")
  void serveLoadsLittle() throws Exception {
    String loaded = classesOf("serve", "--set", "http.listen=nowhere");
    assertThat(loaded).contains("io.tidegate.config.ConfigBinder");
    assertThat(loaded).doesNotContain("picocli.", "com.fasterxml.", "dev.cel.", "okhttp3.", "kotlin.", "ch.qos.logback.", "io.netty.", "io.grpc.");
  }

  private static String classesOf(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 5];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    command[1] = "-Xlog:class+load:stdout";
    command[2] = "-cp";
    command[3] = System.getProperty("java.class.path");
    command[4] = Tidegate.class.getName();
    System.arraycopy(arguments, 0, command, 5, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(78);
    assertThat(output).contains("--set http.listen:1:14: 'nowhere' has no port. Fix: ");
    return output;
  }
}
