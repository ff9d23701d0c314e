package io.tidegate.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.tidegate.config.Listen;
import io.tidegate.net.Door;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets as a supervisor hands them over; that they serve a daemon is shown by RestartsIT. */
class HandedTest {
  private static final long PID = 4242;

  @TempDir Path folder;
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeAll
  static void loadsTheNativePart() {
    Epoll.ensureAvailability();
  }

  @AfterEach
  void end() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** A listening socket; the next one has the next descriptor only by luck, so each test hands over one. */
  private Socket tcp() throws IOException {
    Socket socket = Socket.newSocketStream();
    sockets.add(socket);
    socket.bind(new InetSocketAddress("127.0.0.1", 0));
    socket.listen(16);
    return socket;
  }

  private static Handed handed(Socket socket, String names) throws IOException {
    return Handed.of(Map.of("LISTEN_PID", Long.toString(PID), "LISTEN_FDS", "1", "LISTEN_FDNAMES", names), PID, socket.intValue());
  }

  private static Listen at(String host, int port) {
    return new Listen.Tcp(host, port);
  }

  @Test
  @DisplayName("a socket is the listener's that its name says, or without a telling name the one whose address it has; the others are bound")
  void finds() throws IOException {
    Socket socket = tcp();
    int port = socket.localAddress().getPort();
    for (String name : List.of("http", "", "tidegate", "tidegate.socket")) {
      Handed handed = handed(socket, name);
      assertThat(handed.any()).isTrue();
      Door other = handed.door("grpc", "grpc.listen", at("127.0.0.1", port ^ 1));
      assertThat(other.handed()).isFalse();
      assertThat(other.address()).isEqualTo(new InetSocketAddress("127.0.0.1", port ^ 1));
      assertThatThrownBy(handed::nothingLeft).hasMessageContaining("no listener is configured there").hasMessageContaining("scaler.listen");
      Door door = handed.door("http", "http.listen", at("127.0.0.1", port));
      assertThat(door).isEqualTo(new Door(socket.localAddress(), socket.intValue()));
      handed.nothingLeft();
    }
  }

  @Test
  @DisplayName("port 0 is whichever port the socket has")
  void anyPort() throws IOException {
    assertThat(handed(tcp(), "http").door("http", "http.listen", at("127.0.0.1", 0)).handed()).isTrue();
  }

  @Test
  @DisplayName("a Unix socket goes by its path")
  void unix() throws IOException {
    Path path = folder.resolve("s");
    Socket socket = Socket.newSocketDomain();
    sockets.add(socket);
    socket.bind(new DomainSocketAddress(path.toString()));
    socket.listen(16);
    assertThat(handed(socket, "").door("admin", "admin.listen", new Listen.Unix(path, "rw-------")).handed()).isTrue();
    assertThatThrownBy(() -> handed(socket, "admin").door("admin", "admin.listen", at("127.0.0.1", 7402))).isInstanceOf(IOException.class)
        .hasMessageContaining("does not fit admin.listen");
    assertThat(Files.exists(path)).isTrue();
  }

  @Test
  @DisplayName("variables that are for another process, or for nobody, hand nothing over")
  void notForUs() throws IOException {
    assertThat(Handed.of(Map.of(), PID).any()).isFalse();
    assertThat(Handed.of(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "1"), PID).any()).isFalse();
    assertThat(Handed.of(Map.of("LISTEN_PID", Long.toString(PID), "LISTEN_FDS", "0"), PID).any()).isFalse();
  }

  @Test
  @DisplayName("what cannot be used is refused, with what to do: another address, an unknown name, a socket that does not listen, no socket, wrong numbers")
  void refuses() throws IOException {
    Socket socket = tcp();
    int port = socket.localAddress().getPort();
    assertThatThrownBy(() -> handed(socket, "http").door("http", "http.listen", at("127.0.0.1", port ^ 1))).isInstanceOf(IOException.class)
        .hasMessageContaining("(http), which listens on 127.0.0.1:" + port + ", does not fit http.listen").hasMessageContaining("Fix:");
    assertThatThrownBy(() -> handed(socket, "http").door("http", "http.listen", at("0.0.0.0", port))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> handed(socket, "htpt")).isInstanceOf(IOException.class).hasMessageContaining("no listener has this name").hasMessageContaining("admin, mesh or scaler");
    Socket deaf = Socket.newSocketStream();
    sockets.add(deaf);
    deaf.bind(new InetSocketAddress("127.0.0.1", 0));
    assertThatThrownBy(() -> handed(deaf, "http")).isInstanceOf(IOException.class).hasMessageContaining("does not listen");
    Socket datagrams = Socket.newSocketDgram();
    sockets.add(datagrams);
    assertThatThrownBy(() -> handed(datagrams, "http")).isInstanceOf(IOException.class).hasMessageContaining("does not listen");
    Map<String, String> three = Map.of("LISTEN_PID", Long.toString(PID), "LISTEN_FDS", "3", "LISTEN_FDNAMES", "http:grpc");
    assertThatThrownBy(() -> Handed.of(three, PID)).isInstanceOf(IOException.class).hasMessageContaining("2 names for 3");
    for (String count : List.of("x", "-1", "65")) {
      assertThatThrownBy(() -> Handed.of(Map.of("LISTEN_PID", Long.toString(PID), "LISTEN_FDS", count), PID)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> Handed.of(Map.of("LISTEN_PID", Long.toString(PID), "LISTEN_FDS", "1"), PID, 1_000_000)).isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");
  }
}
