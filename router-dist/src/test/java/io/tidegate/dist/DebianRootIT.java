package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packages on a clean Debian, by dpkg itself: installed, checked, upgraded, removed, purged. */
@Tag("long")
class DebianRootIT {
  private static final String CONFIG = "/etc/tidegate/tidegate.yaml";
  private static final String POLICY = "/etc/tidegate/policies/baseline.yaml";
  private static final String WANTED = "/etc/systemd/system/multi-user.target.wants/tidegate.service";
  private static final double MOST_EXPOSED = 1.5;

  @TempDir Path folder;

  @Test
  @DisplayName("issue 7, 5: on a clean Debian the package installs, is valid, hardened and warm; removal keeps what is the host's; purge leaves nothing")
  void lifeOfAPackage() {
    try (DebianRoot debian = DebianRoot.fresh("life")) {
      Map<String, String> before = debian.everything();
      debian.install("", Deb.built("tidegate")).good();

      assertThat(debian.run("dpkg", "--verify", "tidegate").good()).isEmpty();
      assertThat(debian.shell("CONFIGURATION_DIRECTORY=/etc/tidegate tidegate check --config " + CONFIG).good()).contains("configuration is valid: " + CONFIG);
      // What no file says: the policies are the host's.
      assertThat(debian.shell("cd / && tidegate check").good()).contains("/usr/lib/tidegate/policies");
      assertThat(debian.has("/usr/lib/tidegate/lib/tidegate-17.jsa")).as("the class cache for this Java").isTrue();
      assertThat(debian.has(WANTED)).as("enabled").isTrue();
      hardened(debian, "tidegate.service");

      // What a running service leaves: systemd's folders of a dynamic user, an administrator's own files.
      debian.write("/var/lib/private/tidegate/audit/records.log", "kept");
      debian.shell("ln -s private/tidegate /var/lib/tidegate; install -d /var/cache/private/tidegate; ln -s private/tidegate /var/cache/tidegate").good();
      debian.write("/etc/tidegate/secrets/deepseek-key", "not a key");
      debian.write("/etc/systemd/system/tidegate.service.d/override.conf", "[Service]\nMemoryMax=1G\n");

      debian.run("dpkg", "--remove", "tidegate").good();
      assertThat(debian.has("/usr/lib/tidegate")).as("not even the class cache stays").isFalse();
      assertThat(debian.has(CONFIG) && debian.has(POLICY) && debian.has("/etc/tidegate/secrets/deepseek-key")).isTrue();
      assertThat(debian.has("/var/lib/private/tidegate/audit/records.log")).as("decision records survive a removal").isTrue();

      debian.run("dpkg", "--purge", "tidegate").good();
      leftNothing(before, debian);
    }
  }

  @Test
  @DisplayName("issue 7, 5: an upgrade keeps what was edited, takes what was not, and an edited policy beside a new one is the only one read")
  void upgrade() throws IOException {
    Path older = OlderDeb.of(Deb.built("tidegate"), folder);
    try (DebianRoot debian = DebianRoot.fresh("upgrade")) {
      debian.install("", older).good();
      assertThat(debian.run("dpkg-query", "-W", "-f", "${Version}", "tidegate").good()).isEqualTo(OlderDeb.VERSION);
      assertThat(debian.shell("cd / && tidegate check").good()).contains("configuration is valid");
      String edited = debian.text(CONFIG) + "# This host's own words.\n";
      debian.write(CONFIG, edited);

      // Nobody answers a question: there must be none.
      debian.install("", Deb.built("tidegate")).good();
      assertThat(debian.text(CONFIG)).isEqualTo(edited);
      assertThat(debian.text(POLICY)).doesNotContain(OlderDeb.VERSION);
      assertThat(debian.shell("ls /usr/lib/tidegate/lib").good()).doesNotContain("-" + OlderDeb.VERSION);
      assertThat(debian.has("/usr/lib/tidegate/lib/tidegate-17.jsa")).isTrue();
      assertThat(debian.shell("CONFIGURATION_DIRECTORY=/etc/tidegate tidegate check --config " + CONFIG).good()).contains("configuration is valid");

      // Back, with a policy that the host has changed and the new package too: dpkg keeps the host's and lays its own beside it.
      debian.install("--force-downgrade", older).good();
      String own = debian.text(POLICY).replaceFirst("(?m)^# As version.*$", "# Ours.");
      debian.write(POLICY, own);
      debian.install("--force-confold", Deb.built("tidegate")).good();
      assertThat(debian.text(POLICY)).isEqualTo(own);
      assertThat(debian.has(POLICY + ".dpkg-dist")).isTrue();
      assertThat(debian.shell("CONFIGURATION_DIRECTORY=/etc/tidegate tidegate check --config " + CONFIG).good()).contains("configuration is valid");
    }
  }

  @Test
  @DisplayName("packages: the model's package brings its group and folder, is hardened, and purge of both leaves nothing")
  void model() {
    try (DebianRoot debian = DebianRoot.fresh("model")) {
      Map<String, String> before = debian.everything();
      String groups = debian.text("/etc/group");
      debian.install("", Deb.built("tidegate"), Deb.built("tidegate-model")).good();
      assertThat(debian.shell("stat -c '%a %U %G' /var/lib/tidegate-model").good().strip()).isEqualTo("2770 root tidegate-models");
      hardened(debian, "tidegate-model.service");
      hardened(debian, "tidegate-model-sync.service");
      assertThat(debian.shell("tidegate model serve --help").good()).contains("Usage: tidegate model serve");
      debian.write("/var/lib/tidegate-model/current.gguf", "GGUF");

      debian.run("dpkg", "--purge", "tidegate-model", "tidegate").good();
      assertThat(debian.text("/etc/group")).isEqualTo(groups);
      leftNothing(before, debian);
    }
  }

  @Test
  @DisplayName("packages: another Java on the host renews the class cache, by dpkg's trigger")
  void otherJava() {
    try (DebianRoot debian = DebianRoot.fresh("trigger")) {
      debian.install("", Deb.built("tidegate")).good();
      String cache = "/usr/lib/tidegate/lib/tidegate-17.jsa";
      debian.shell("rm " + cache).good();
      debian.shell("dpkg-trigger --by-package=tidegate /usr/lib/jvm && dpkg --triggers-only -a").good();
      assertThat(debian.has(cache)).isTrue();
    }
  }

  private static void hardened(DebianRoot debian, String unit) {
    Ran verified = debian.run("systemd-analyze", "verify", "--man=no", "/usr/lib/systemd/system/" + unit);
    assertThat(verified.output().lines().filter(line -> line.contains("tidegate"))).as(verified.output()).isEmpty();
    String said = debian.run("systemd-analyze", "security", "--offline=true", "--no-pager", "/usr/lib/systemd/system/" + unit).output();
    Matcher score = Pattern.compile("exposure level for .*: ([0-9.]+)").matcher(said);
    assertThat(score.find()).as(said).isTrue();
    assertThat(Double.parseDouble(score.group(1))).isLessThanOrEqualTo(MOST_EXPOSED);
  }

  private static void leftNothing(Map<String, String> before, DebianRoot debian) {
    Map<String, String> after = debian.everything();
    Map<String, String> left = new TreeMap<>(after);
    left.entrySet().removeAll(before.entrySet());
    Map<String, String> lost = new TreeMap<>(before);
    lost.entrySet().removeAll(after.entrySet());
    assertThat(left).as("left behind or changed").isEmpty();
    assertThat(lost).as("taken along").isEmpty();
    assertThat(Files.exists(debian.root)).isTrue();
  }
}
