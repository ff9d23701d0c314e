package io.tidegate.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import io.tidegate.config.TidegateConfig;
import io.tidegate.net.Door;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningTest {
  private static final Listen HTTP = new Listen.Tcp("127.0.0.1", 80);
  @TempDir Path folder;

  @Test
  @DisplayName("J1 what hinders a listener is said by the setting, the address and a fix that fits, however deep the kernel's word lies")
  void saysWhatHinders() {
    assertThat(Opening.said("http.listen", HTTP, new IOException("Failed to bind", new IOException("bind(..) failed with error(-98): Address already in use"))))
        .startsWith("http.listen: 127.0.0.1:80 is in use. Fix: ");
    assertThat(Opening.said("http.listen", HTTP, new IOException("bind(..) failed with error(-13): Permission denied")))
        .startsWith("http.listen: this user may not listen at 127.0.0.1:80. Fix: use a port from 1024 on");
    assertThat(Opening.said("grpc.listen", HTTP, new IOException("bind(..) failed with error(-99): Cannot assign requested address")))
        .startsWith("grpc.listen: no network interface of this host has the address of 127.0.0.1:80. Fix: ");
    assertThat(Opening.said("grpc.listen", HTTP, new IOException("something else"))).isEqualTo("grpc.listen: cannot listen at 127.0.0.1:80: something else. Fix: correct grpc.listen");
  }

  @Test
  void aSocketWithoutADirectoryIsNeverOpened() {
    Path socket = folder.resolve("none").resolve("http.sock");
    Door door = Door.at(UnixDomainSocketAddress.of(socket));
    assertThatThrownBy(() -> Opening.listener("http.listen", door, new Listen.Unix(socket, "rw-------"), at -> {
      throw new AssertionError("opened");
    })).isInstanceOf(StartFailure.class).hasMessageStartingWith("http.listen: cannot listen at unix:" + socket + ": there is no directory for the socket");
  }

  @Test
  @DisplayName("J1 what is ready is said by the port that was opened, or the path of the socket, never by -1")
  void ready() {
    TidegateConfig config = ConfigLoader.load(null, Environment.empty(), List.of("http.listen=127.0.0.1:0", "grpc.listen=unix:/run/t/grpc.sock")).config().orElseThrow();
    assertThat(Opening.ready(config, 41234, -1, 7402)).isEqualTo("http 41234, grpc unix:/run/t/grpc.sock, admin 7402");
  }

  @Test
  void whatComesOfItIsPassedOn() throws StartFailure {
    Door door = Door.at(new InetSocketAddress("127.0.0.1", 0));
    assertThat(Opening.<Door>opened("http.listen", door, HTTP, at -> at)).isSameAs(door);
  }
}
