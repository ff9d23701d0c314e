package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon says that cannot open its listeners. */
class StartRefusedIT {
  private static final String ANY = "{listen: '127.0.0.1:0'}";

  @TempDir
  private Path folder;

  private void start(String http, String grpc, String admin) throws IOException, StartFailure {
    Path file = Files.writeString(folder.resolve("tidegate.yaml"), "http: " + http + "\ngrpc: " + grpc + "\nadmin: " + admin + "\ntelemetry: {logLevel: warn}\npolicy: {directory: '"
        + TestBed.root().resolve("policies").toAbsolutePath().normalize() + "'}\naudit: {directory: '" + folder.resolve("audit") + "'}\n");
    ConfigLoader.Loaded loaded = ConfigLoader.load(file, Environment.empty());
    Daemon.start(loaded.config().orElseThrow(() -> new IllegalStateException(loaded.problems().toString())), Map.of()).close();
  }

  @Test
  @DisplayName("G2 H8 an address that is taken ends the start with a word that names it, whichever listener it is, and the next start finds nothing in its way")
  void taken() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = "{listen: '127.0.0.1:" + busy.getLocalPort() + "'}";
      String[][] starts = {{taken, ANY, ANY}, {ANY, taken, ANY}, {ANY, ANY, taken}};
      for (String[] each : starts) {
        assertThatThrownBy(() -> start(each[0], each[1], each[2])).isInstanceOf(StartFailure.class)
            .hasMessageContaining("listen: 127.0.0.1:" + busy.getLocalPort() + " is in use. Fix: stop what listens there");
      }
    }
    start(ANY, ANY, ANY);
  }

  @Test
  @DisplayName("G7 a key of the wrong length ends the start with a word about the key, not about its directory")
  void shortKey() throws IOException {
    Path audit = Files.createDirectory(folder.resolve("audit"));
    Path key = Files.write(audit.resolve("root.key"), new byte[5]);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> start(ANY, ANY, ANY)).isInstanceOf(StartFailure.class).hasMessageStartingWith(key + " must hold exactly 32 bytes, and holds 5. Fix: put in 32 bytes");
  }

  @Test
  @DisplayName("F5 a certificate that is none ends the start with a word about the certificate, not about the address")
  void garbage() throws IOException {
    Path garbage = Files.writeString(folder.resolve("garbage"), "SECRETWORD");
    Files.setPosixFilePermissions(garbage, PosixFilePermissions.fromString("rw-------"));
    String tls = "{listen: '127.0.0.1:0', tls: {certificate: '" + garbage + "', key: '" + garbage + "'}}";
    assertThatThrownBy(() -> start(tls, ANY, ANY)).isInstanceOf(StartFailure.class).hasMessageStartingWith("http.tls: " + garbage)
        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("SECRETWORD", "stop what listens there"));
  }
}
