package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upgrade does to the daemon that runs: a stand-in for systemctl writes down what it is asked, a real daemon answers throughout. */
@Tag("long")
class UpgradeWhileRunningIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String ASKED = "/var/log/systemctl.asked";

  @TempDir Path folder;

  @Test
  @DisplayName("packages: an upgrade whose program does not take the host's configuration leaves the running daemon whole, with every jar it may still need")
  void refused() throws Exception {
    Path older = OlderDeb.of(Deb.built("tidegate"), folder);
    try (DebianRoot debian = DebianRoot.fresh("refused")) {
      debian.install("", older).good();
      systemd(debian);
      try (Running daemon = Running.in(debian)) {
        debian.write("/etc/tidegate/tidegate.yaml", debian.text("/etc/tidegate/tidegate.yaml") + "\nwhat-no-version-knows: 1\n");
        String said = debian.install("", Deb.built("tidegate")).good();
        assertThat(said).contains("what-no-version-knows").contains("The old one goes on");
        assertThat(asked(debian)).noneMatch(line -> line.contains("start") || line.contains("stop") || line.contains("reload tidegate"));
        assertThat(debian.run("dpkg-query", "-W", "-f", "${db:Status-Status}", "tidegate").good()).isEqualTo("installed");

        // Its jars are gone from the disk, and open: classes of the old version are still found.
        List<String> open = daemon.openJars();
        assertThat(open).allMatch(jar -> jar.contains("/usr/lib/tidegate/lib/"));
        assertThat(open.stream().filter(jar -> jar.endsWith("(deleted)"))).as("replaced or removed").hasSameSizeAs(open);
        assertThat(open).hasSize(daemon.jarsAtStart);
        assertThat(daemon.status("/livez")).isEqualTo(200);
        assertThat(daemon.chat()).as("no upstream is configured").isEqualTo(503);
        assertThat(daemon.status("/metrics")).isEqualTo(200);
      }
    }
  }

  @Test
  @DisplayName("packages: an upgrade that takes the configuration asks for one restart, and stops nothing")
  void accepted() throws Exception {
    Path older = OlderDeb.of(Deb.built("tidegate"), folder);
    try (DebianRoot debian = DebianRoot.fresh("accepted")) {
      debian.install("", older).good();
      systemd(debian);
      debian.install("", Deb.built("tidegate")).good();
      assertThat(asked(debian).stream().filter(line -> line.contains("restart"))).singleElement().asString().contains("tidegate.service");
      assertThat(asked(debian)).noneMatch(line -> line.contains("stop"));
    }
  }

  @Test
  @DisplayName("packages: a first installation over a configuration that is wrong starts nothing, says why, and is an installation all the same")
  void firstTime() throws Exception {
    try (DebianRoot debian = DebianRoot.fresh("first")) {
      debian.install("", Deb.built("tidegate")).good();
      debian.run("dpkg", "--remove", "tidegate").good();
      systemd(debian);
      debian.write("/etc/tidegate/tidegate.yaml", debian.text("/etc/tidegate/tidegate.yaml") + "\nwhat-no-version-knows: 1\n");
      assertThat(debian.install("", Deb.built("tidegate")).good()).contains("what-no-version-knows").contains("not started");
      assertThat(asked(debian)).noneMatch(line -> line.contains("start "));
    }
  }

  /** A host where systemd runs, as far as a maintainer's script can see. */
  private static void systemd(DebianRoot debian) {
    debian.shell("rm -f /usr/sbin/policy-rc.d; mkdir -p /run/systemd/system").good();
    debian.executable("/usr/local/bin/systemctl", "#!/bin/sh\necho \"$*\" >>" + ASKED + "\ncase \"$*\" in *is-active*tidegate.socket*) exit 3 ;; esac\n");
    debian.write(ASKED, "");
  }

  private static List<String> asked(DebianRoot debian) {
    return debian.text(ASKED).lines().toList();
  }

  /** The installed daemon, started as its unit would, on free ports. */
  private static final class Running implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final int http;
    private final int admin;
    final int jarsAtStart;

    private Running(DebianRoot debian, int http, int grpc, int admin) throws Exception {
      this.http = http;
      this.admin = admin;
      String line = "cd /var/lib && CONFIGURATION_DIRECTORY=/etc/tidegate STATE_DIRECTORY=/var/lib/tidegate exec tidegate serve --config /etc/tidegate/tidegate.yaml --set http.listen=127.0.0.1:"
          + http + " --set grpc.listen=127.0.0.1:" + grpc + " --set admin.listen=127.0.0.1:" + admin;
      try (var jars = Files.list(debian.at("/usr/lib/tidegate/lib"))) {
        jarsAtStart = (int) jars.filter(path -> path.toString().endsWith(".jar")).count();
      }
      process = new ProcessBuilder(debian.inside("bash", "-c", line)).redirectErrorStream(true).redirectOutput(debian.at("/var/log/tidegate.out").toFile()).start();
      long deadline = System.nanoTime() + SOON.toNanos();
      while (status("/readyz") != 200) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("the daemon did not become ready: " + debian.text("/var/log/tidegate.out"));
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }

    static Running in(DebianRoot debian) throws Exception {
      try (ServerSocket one = new ServerSocket(0); ServerSocket two = new ServerSocket(0); ServerSocket three = new ServerSocket(0)) {
        int[] ports = {one.getLocalPort(), two.getLocalPort(), three.getLocalPort()};
        one.close();
        two.close();
        three.close();
        return new Running(debian, ports[0], ports[1], ports[2]);
      }
    }

    int status(String path) throws InterruptedException {
      return sent(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)).build());
    }

    int chat() throws InterruptedException {
      return sent(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/v1/chat/completions")).header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}")).build());
    }

    private int sent(HttpRequest request) throws InterruptedException {
      try {
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      } catch (IOException refused) {
        return 0;
      }
    }

    /** unshare, sh, chroot and the launcher all became the JVM by exec: its descriptors are this process's. */
    List<String> openJars() throws IOException {
      try (var descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
        return descriptors.map(Running::target).filter(target -> target.contains(".jar")).distinct().sorted().toList();
      }
    }

    private static String target(Path descriptor) {
      try {
        return Files.readSymbolicLink(descriptor).toString();
      } catch (IOException closedMeanwhile) {
        return "";
      }
    }

    @Override
    public void close() throws Exception {
      process.destroy();
      if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }
}
