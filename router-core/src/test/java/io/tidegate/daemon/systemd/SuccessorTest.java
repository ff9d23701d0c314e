package io.tidegate.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuccessorTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  private static ServerSocketChannel tcp() throws IOException {
    return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Answers one connection, or closes it without a word. */
  private static void serve(ServerSocketChannel listening, String answer) {
    CompletableFuture.runAsync(() -> {
      try (SocketChannel one = listening.accept()) {
        one.read(ByteBuffer.allocate(1_024));
        one.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException gone) {
        throw new java.io.UncheckedIOException(gone);
      }
    });
  }

  @Test
  @DisplayName("H1 who answers is there, whatever it says, over TCP and over a Unix socket")
  void answers() throws IOException {
    Path file = folder.resolve("s");
    try (ServerSocketChannel tcp = tcp(); ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file))) {
      serve(tcp, "HTTP/1.1 503 Service Unavailable\r\n\r\n");
      serve(unix, "HTTP/1.1 200 OK\r\n\r\n");
      assertThat(Successor.answers(tcp.getLocalAddress(), LONG)).isTrue();
      assertThat(Successor.answers(new DomainSocketAddress(file.toFile()), LONG)).isTrue();
    }
  }

  @Test
  @DisplayName("H1 a socket that takes connections while no process does tells nothing; nor does one that closes them, nor none at all")
  void nobody() throws IOException {
    SocketAddress gone;
    try (ServerSocketChannel kept = tcp(); ServerSocketChannel curt = tcp()) {
      gone = kept.getLocalAddress();
      assertThat(Successor.answers(gone, Duration.ofMillis(50))).isFalse();
      serve(curt, "");
      assertThat(Successor.answers(curt.getLocalAddress(), LONG)).isFalse();
    }
    assertThat(Successor.answers(gone, LONG)).isFalse();
    assertThat(Successor.answers(new DomainSocketAddress(folder.resolve("none").toFile()), LONG)).isFalse();
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }
}
