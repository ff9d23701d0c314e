package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Does what docs/install.md says, command by command, on a clean Debian. systemd does not run there: its systemctl is a stand-in that agrees to all. */
@Tag("long")
class InstallPageIT {
  private static final Path DIST = Deb.ROOT.resolve("target/dist");

  @Test
  @DisplayName("docs: every command of install.md's part about Debian works as printed")
  void debian() throws IOException {
    try (DebianRoot debian = withDist("page-debian")) {
      List<String> blocks = blocks("", "## Debian", "### Upgrade", "### Remove");
      assertThat(blocks).hasSizeGreaterThanOrEqualTo(6);
      follow(debian, blocks);
      assertThat(debian.has("/usr/lib/tidegate") || debian.has("/etc/tidegate")).isFalse();
    }
  }

  @Test
  @DisplayName("docs: every command of install.md's part about the archive works as printed, on a host without any Java")
  void archive() throws IOException {
    try (DebianRoot debian = withDist("page-archive")) {
      debian.shell("rm -rf /usr/lib/jvm /usr/bin/java /etc/alternatives/java /etc/java-17-openjdk /etc/ssl/certs/java").good();
      List<String> blocks = blocks("## Archive with its own Java");
      assertThat(blocks).hasSize(2);
      follow(debian, blocks);
      assertThat(debian.has("/opt/tidegate/lib/tidegate-17.jsa")).as("answered its own requests over HTTP and gRPC, and made the cache").isTrue();
      assertThat(debian.run("/usr/lib/tidegate/bin/tidegate", "check", "--config", "/etc/tidegate/tidegate.yaml").good()).contains("configuration is valid");
      assertThat(debian.run("/opt/tidegate/runtime/bin/java", "--list-modules").good()).contains("jdk.crypto.ec");
      // The authorities that public providers' certificates are checked against.
      assertThat(Files.size(debian.at("/opt/tidegate/runtime/lib/security/cacerts"))).isGreaterThan(50_000);
      assertThat(debian.has("/opt/tidegate/runtime/lib/server/classes.jsa")).as("the base of the cache").isTrue();
    }
  }

  private static DebianRoot withDist(String name) throws IOException {
    assertThat(DIST.resolve("SHA256SUMS")).as("made by script/package, which script/test --long runs").exists();
    DebianRoot debian = DebianRoot.fresh(name);
    debian.executable("/usr/local/bin/systemctl", "#!/bin/sh\nexit 0\n");
    // What whoever sits there answers when apt asks whether to go on.
    debian.write("/etc/apt/apt.conf.d/90-answer", "APT::Get::Assume-Yes \"true\";\n");
    try (Stream<Path> files = Files.list(DIST)) {
      files.forEach(debian::brought);
    }
    return debian;
  }

  private static void follow(DebianRoot debian, List<String> blocks) {
    for (String block : blocks) {
      Ran ran = debian.shell("set -e; cd /packages; " + block);
      assertThat(ran.exit()).as("%s%n%s", block, ran.output()).isZero();
    }
  }

  /** The shell blocks below these headings, up to the next one; "" is the page's beginning. */
  private static List<String> blocks(String... headings) throws IOException {
    List<String> blocks = new ArrayList<>();
    String heading = "";
    StringBuilder block = null;
    for (String line : Files.readAllLines(Deb.ROOT.resolve("docs/install.md"))) {
      if (line.equals("```") && block != null) {
        if (List.of(headings).contains(heading)) {
          blocks.add(block.toString());
        }
        block = null;
      } else if (block != null) {
        block.append(line).append('\n');
      } else if (line.equals("```sh")) {
        block = new StringBuilder();
      } else if (line.startsWith("##")) {
        heading = line;
      }
    }
    return blocks;
  }
}
