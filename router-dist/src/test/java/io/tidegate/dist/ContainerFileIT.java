package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The container file, as far as reading goes: it is built nowhere here. */
class ContainerFileIT {
  @Test
  @DisplayName("container: a pinned base, a user by number who is not root, no shell form of the command, and the program's real paths")
  void sound() throws IOException {
    List<String> lines = Files.readAllLines(Deb.ROOT.resolve("deploy/container/Containerfile"));
    assertThat(lines.stream().filter(line -> line.startsWith("FROM "))).isNotEmpty().allMatch(line -> line.matches("FROM docker\\.io/library/debian:\\d+-slim( AS \\w+)?"));
    List<String> users = lines.stream().filter(line -> line.startsWith("USER ")).toList();
    assertThat(users).isNotEmpty().allMatch(line -> line.matches("USER [1-9]\\d*:[1-9]\\d*"));
    // Nothing after it may be root again, and the command must run as it.
    assertThat(lines.indexOf(users.get(users.size() - 1))).isLessThan(lines.indexOf("ENTRYPOINT [\"/opt/tidegate/bin/tidegate\"]"));
    assertThat(lines).contains("CMD [\"serve\", \"--config\", \"/etc/tidegate/tidegate.yaml\"]");
    assertThat(String.join("\n", lines)).doesNotContain("curl ").doesNotContain("wget ").doesNotContain("apt-get").doesNotContain("ADD http");
    // What gather.sh calls the files that it copies.
    assertThat(Files.readString(Deb.ROOT.resolve("script/lib/gather.sh"))).contains("name=tidegate-$version-linux-$(uname -m)").contains(">SHA256SUMS");
    assertThat(lines).anyMatch(line -> line.equals("COPY SHA256SUMS tidegate-*-linux-*.tar.gz /dist/"));
  }
}
