package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two Debian packages as they lie there: what a Debian developer would look at before installing one. */
class PackageIT {
  private static final double MOST_EXPOSED = 1.5;
  /** drwxr-xr-x root/root 0 2026-11-24 00:00 ./usr/ */
  private static final Pattern LISTED = Pattern.compile("(\\S{10}) (\\S+) +\\d+ (\\S+ \\S+) \\./(.*)");

  @TempDir static Path folder;
  private static final Map<String, Deb> PACKAGES = new TreeMap<>();

  @BeforeAll
  static void unpack() {
    for (String name : List.of("tidegate", "tidegate-model")) {
      PACKAGES.put(name, Deb.unpacked(Deb.built(name), folder.resolve(name)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tidegate", "tidegate-model"})
  @DisplayName("packages: all belongs to root, nobody else writes, and every time stamp is the build's")
  void owners(String name) {
    List<String> lines = Ran.in(Path.of("."), Map.of("TZ", "UTC"), "dpkg-deb", "--contents", deb(name).file().toString()).lines();
    assertThat(lines).hasSizeGreaterThan(10).allSatisfy(line -> {
      Matcher listed = LISTED.matcher(line);
      assertThat(listed.matches()).as(line).isTrue();
      assertThat(listed.group(2)).as(line).isEqualTo("root/root");
      assertThat(listed.group(1)).as(line).isIn("drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxr-xr-x");
      assertThat(listed.group(3)).as(line).isEqualTo("2026-11-24 00:00");
      assertThat(listed.group(4)).as(line).matches("(etc/(tidegate/.*)?|usr/((bin|lib|share|share/doc|share/man|share/man/man1|share/bash-completion|share/bash-completion/completions|share/zsh|share/zsh/vendor-completions)/)?|usr/bin/tidegate( -> .*)?"
          + "|usr/lib/(tidegate/.*|systemd/.*|sysusers\\.d/.*|tmpfiles\\.d/.*)|usr/share/(tidegate/.*|doc/" + name + "/.*|man/man1/tidegate.*|bash-completion/completions/.*|zsh/vendor-completions/.*))?");
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"tidegate", "tidegate-model"})
  @DisplayName("packages: every file below /etc is a conffile, and nothing else is")
  void conffiles(String name) throws IOException {
    Path list = deb(name).control().resolve("conffiles");
    List<String> said = Files.exists(list) ? Files.readAllLines(list) : List.of();
    assertThat(said).containsExactlyElementsOf(deb(name).paths().stream().filter(path -> path.startsWith("/etc/")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tidegate", "tidegate-model"})
  @DisplayName("packages: md5sums holds every file, for dpkg --verify")
  void sums(String name) throws IOException {
    Map<String, String> said = new TreeMap<>();
    Files.readAllLines(deb(name).control().resolve("md5sums")).forEach(line -> said.put("/" + line.substring(34), line.substring(0, 32)));
    assertThat(said.keySet()).containsExactlyElementsOf(deb(name).paths());
    for (Map.Entry<String, String> sum : said.entrySet()) {
      assertThat(md5(deb(name).files().resolve(sum.getKey().substring(1)))).as(sum.getKey()).isEqualTo(sum.getValue());
    }
  }

  @Test
  @DisplayName("packages: the fields say what is needed")
  void fields() {
    String version = System.getProperty("tidegate.version").replace("-SNAPSHOT", "~SNAPSHOT");
    Deb deb = deb("tidegate");
    assertThat(deb.field("Version")).isEqualTo(version);
    assertThat(deb.field("Architecture")).isEqualTo("all");
    assertThat(deb.field("Depends")).contains("default-jre-headless (>= 2:1.17) | java17-runtime-headless");
    assertThat(deb.field("Conffiles")).isEmpty();
    assertThat(deb("tidegate-model").field("Depends")).isEqualTo("tidegate (= " + version + ")");
    // A release is newer than what was built on the way to it.
    assertThat(Ran.of("dpkg", "--compare-versions", version, "le", version.replaceAll("~.*", "")).exit()).isZero();
    for (Deb each : PACKAGES.values()) {
      long kilobytes = each.paths().stream().mapToLong(path -> each.files().resolve(path.substring(1)).toFile().length()).sum() / 1024;
      assertThat(Long.parseLong(each.field("Installed-Size"))).isBetween(kilobytes - 1, kilobytes + 1024);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tidegate", "tidegate-model"})
  @DisplayName("packages: the maintainer's scripts are plain sh that stops at an error")
  void scripts(String name) throws IOException {
    for (String script : List.of("preinst", "postinst", "prerm", "postrm")) {
      Path path = deb(name).control().resolve(script);
      if (script.equals("preinst") && Files.notExists(path)) {
        continue;
      }
      assertThat(Files.readAllLines(path)).startsWith("#!/bin/sh").contains("set -e");
      assertThat(Files.isExecutable(path)).isTrue();
      Ran.of("dash", "-n", path.toString()).good();
    }
    assertThat(Ran.of("dash", deb(name).control().resolve("postinst").toString(), "no-such-step").exit()).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tidegate", "tidegate-model"})
  @DisplayName("packages: licence and a changelog whose first entry is this version")
  void documents(String name) throws IOException {
    assertThat(deb(name).text("usr/share/doc/" + name + "/copyright")).contains("Apache-2.0");
    try (GZIPInputStream changelog = new GZIPInputStream(Files.newInputStream(deb(name).files().resolve("usr/share/doc/" + name + "/changelog.gz")))) {
      assertThat(new String(changelog.readAllBytes(), StandardCharsets.UTF_8)).startsWith("tidegate (" + deb(name).field("Version") + ") ");
    }
  }

  @Test
  @DisplayName("packages: what a unit starts or refers to is in the packages, at that path")
  void unitsFit() throws IOException {
    List<String> held = new ArrayList<>();
    PACKAGES.values().forEach(deb -> held.addAll(deb.paths()));
    for (Path unit : units()) {
      for (String line : Files.readAllLines(unit)) {
        if (line.startsWith("ExecStart=")) {
          assertThat(held).as("%s: %s", unit.getFileName(), line).contains(line.substring("ExecStart=".length()).split(" ")[0]);
        }
        if (line.startsWith("Documentation=file://")) {
          assertThat(held).as("%s: %s", unit.getFileName(), line).contains(line.substring("Documentation=file://".length()));
        }
      }
    }
    assertThat(deb("tidegate").paths().stream().filter(path -> path.startsWith("/usr/lib/tidegate/bin/")))
        .allSatisfy(path -> assertThat(Files.isExecutable(deb("tidegate").files().resolve(path.substring(1)))).as(path).isTrue());
  }

  @Test
  @DisplayName("issue 7, 5: the units as packaged pass systemd-analyze verify and score at most 1.5")
  void unitsHardened() throws IOException {
    Path together = Files.createDirectories(folder.resolve("together"));
    for (Deb deb : PACKAGES.values()) {
      Ran.of("cp", "-a", deb.files() + "/.", together.toString()).good();
    }
    for (Path unit : units()) {
      // The program lies below our folder, and systemd's own units are the host's.
      Path moved = folder.resolve(unit.getFileName());
      Files.writeString(moved, Files.readString(unit).replace("=/usr/lib/tidegate/", "=" + together + "/usr/lib/tidegate/"));
      Ran verified = Ran.of("systemd-analyze", "verify", "--man=no", moved.toString());
      assertThat(verified.output().lines().filter(line -> line.contains("tidegate"))).as(verified.output()).isEmpty();
      if (unit.toString().endsWith(".service")) {
        String said = Ran.of("systemd-analyze", "security", "--offline=true", "--no-pager", unit.toString()).output();
        Matcher score = Pattern.compile("exposure level for .*: ([0-9.]+)").matcher(said);
        assertThat(score.find()).as(said).isTrue();
        assertThat(Double.parseDouble(score.group(1))).as(unit.getFileName().toString()).isLessThanOrEqualTo(MOST_EXPOSED);
      }
    }
  }

  @Test
  @DisplayName("packages: what was unpacked runs, and its own configuration and policies are valid")
  void runs() {
    Deb deb = deb("tidegate");
    String program = deb.files().resolve("usr/bin/tidegate").toString();
    Map<String, String> service = Map.of("CONFIGURATION_DIRECTORY", deb.files().resolve("etc/tidegate").toString());
    String config = deb.files().resolve("etc/tidegate/tidegate.yaml").toString();
    assertThat(Ran.in(folder, service, program, "check", "--config", config).good()).contains("configuration is valid: " + config).contains("etc/tidegate/policies");
    assertThat(Ran.in(folder, Map.of(), program, "version").good()).startsWith("tidegate " + System.getProperty("tidegate.version") + " ");
    assertThat(Ran.in(folder, Map.of(), deb("tidegate").files().resolve("usr/lib/tidegate/bin/tidegate").toString(), "policy", "test",
        deb.files().resolve("etc/tidegate/policies").toString()).exit()).isZero();
  }

  @Test
  @DisplayName("packages: the editor's hints in the configuration lead to schemas that are installed")
  void schemas() {
    Deb deb = deb("tidegate");
    for (String file : List.of("etc/tidegate/tidegate.yaml", "etc/tidegate/policies/baseline.yaml")) {
      Matcher hint = Pattern.compile("\\$schema=(\\S+)").matcher(deb.text(file).lines().findFirst().orElseThrow());
      assertThat(hint.find()).as(file).isTrue();
      assertThat(deb.paths()).contains(hint.group(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tidegate", "tidegate-model"})
  @DisplayName("issue 7, 6: no file names the folder in which it was built, nor who built it")
  void anonymous(String name) {
    String root = Deb.ROOT.toString();
    assertThat(root.length()).as("a folder whose name could be found by chance").isGreaterThan(4);
    Ran found = Ran.of("grep", "-rlF", root, deb(name).files().toString(), deb(name).control().toString());
    assertThat(found.exit()).as(found.output()).isOne();
  }

  private static List<Path> units() throws IOException {
    List<Path> units = new ArrayList<>();
    for (Deb deb : PACKAGES.values()) {
      try (var files = Files.list(deb.files().resolve("usr/lib/systemd/system"))) {
        files.filter(Files::isRegularFile).sorted().forEach(units::add);
      }
    }
    assertThat(units).hasSizeGreaterThanOrEqualTo(3);
    return units;
  }

  private static Deb deb(String name) {
    return PACKAGES.get(name);
  }

  private static String md5(Path file) throws IOException {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
