package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong; that it goes well is RestartsIT's. */
class UpgradeCommandTest {
  @TempDir
  private Path folder;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(String systemctl) {
    UpgradeCommand command = new UpgradeCommand(new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)), systemctl);
    command.units = folder.resolve("units");
    return command.call();
  }

  private String systemctl(String script) throws IOException {
    Path program = Files.writeString(folder.resolve("systemctl"), "#!/bin/sh\necho \"$*\" >> " + folder.resolve("asked") + "\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program.toString();
  }

  @Test
  @DisplayName("H1 without systemd it says what it needs")
  void nowhere() {
    assertThat(run(folder.resolve("none").toString())).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("tidegate upgrade: systemctl cannot be run").contains("Fix: this needs systemd");
    assertThat(folder.resolve("units")).doesNotExist();
  }

  @Test
  @DisplayName("H1 a stand-in that does not come up leaves nothing behind, and the running daemon is not touched")
  void standInFails() throws IOException {
    assertThat(run(systemctl("case $1 in cat) echo '[Service]';; start) echo 'it did not start'; exit 1;; esac"))).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("tidegate.service was not touched").contains("it did not start");
    assertThat(folder.resolve("units").resolve("tidegate-standin.service")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("asked"))).containsExactly("is-active --quiet tidegate.socket", "is-active --quiet tidegate.service", "cat tidegate.service",
        "daemon-reload", "start tidegate-standin.service", "stop tidegate-standin.service", "daemon-reload");
  }
}
