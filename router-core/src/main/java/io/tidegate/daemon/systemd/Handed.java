package io.tidegate.daemon.systemd;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.tidegate.config.Listen;
import io.tidegate.net.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listening sockets that a supervisor opened and passed on (sd_listen_fds(3)): descriptors from 3 on, as many as LISTEN_FDS says, each with its name in
 * LISTEN_FDNAMES. The names of listeners are {@code http}, {@code grpc}, {@code admin}, {@code mesh} and {@code scaler}; one that is called
 * {@code tidegate}, {@code tidegate.socket} or nothing belongs to the listener whose configured address it has. Each is taken once; one that nobody takes is a mistake.
 * Blocking; for the start only.
 */
public final class Handed {
  private static final int FIRST = 3;
  private static final int MOST = 64;
  private static final Set<String> LISTENERS = Set.of("http", "grpc", "admin", "mesh", "scaler");
  /** What a socket unit calls its sockets unless it is told otherwise, and what systemd-socket-activate does. */
  private static final Set<String> BY_ADDRESS = Set.of("", "tidegate", "tidegate.socket", "unknown", "stored");
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int O_NONBLOCK = 04000;

  private record Passed(int descriptor, String name, SocketAddress address) {
    String shown() {
      return "descriptor " + descriptor + (name.isEmpty() ? "" : " (" + name + ")") + ", which listens on " + Handed.shown(address);
    }
  }

  private final List<Passed> left;
  private final boolean any;

  private Handed(List<Passed> left) {
    this.left = left;
    this.any = !left.isEmpty();
  }

  /** Of nobody. */
  public static Handed none() {
    return new Handed(new ArrayList<>());
  }

  /**
   * What was passed to process {@code pid}; nothing if the variables are for another one.
   *
   * @param environment LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES of it count
   * @throws IOException with what to do, if a descriptor is no listening stream socket that can be used here
   */
  public static Handed of(Map<String, String> environment, long pid) throws IOException {
    return of(environment, pid, FIRST);
  }

  /** @param first descriptor; another one than 3 for tests only */
  static Handed of(Map<String, String> environment, long pid, int first) throws IOException {
    String fds = environment.getOrDefault("LISTEN_FDS", "");
    String meant = environment.getOrDefault("LISTEN_PID", "");
    if (fds.isEmpty() || !meant.equals(Long.toString(pid))) {
      return none();
    }
    int count = count(fds);
    if (count > 0 && !Epoll.isAvailable()) {
      throw new IOException("sockets were handed over, but only epoll can take them, and it is not there. Fix: start the daemon without a socket unit");
    }
    String names = environment.getOrDefault("LISTEN_FDNAMES", "");
    String[] name = names.isEmpty() ? new String[0] : names.split(":", -1);
    if (name.length != 0 && name.length != count) {
      throw new IOException("LISTEN_FDNAMES has " + name.length + " names for " + count + " descriptors. Fix: the supervisor passes one name for each");
    }
    List<Passed> passed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      passed.add(look(first + i, name.length == 0 ? "" : name[i]));
    }
    return new Handed(passed);
  }

  private static int count(String fds) throws IOException {
    try {
      int count = Integer.parseInt(fds);
      if (count >= 0 && count <= MOST) {
        return count;
      }
    } catch (NumberFormatException noNumber) {
      // Said below.
    }
    throw new IOException("LISTEN_FDS must be a number from 0 to " + MOST);
  }

  private static Passed look(int descriptor, String name) throws IOException {
    String which = "descriptor " + descriptor + (name.isEmpty() ? "" : " (" + name + ")");
    if (!LISTENERS.contains(name) && !BY_ADDRESS.contains(name)) {
      throw new IOException(which + ": no listener has this name. Fix: FileDescriptorName=http, grpc, admin, mesh or scaler; or tidegate, and its address says which");
    }
    Socket socket;
    int domain;
    boolean listens;
    try {
      socket = new Socket(descriptor);
      domain = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
      listens = socket.getIntOpt(SOL_SOCKET, SO_TYPE) == SOCK_STREAM && socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 1;
    } catch (IOException | ChannelException noSocket) {
      throw new IOException(which + " is no socket. Fix: hand over what ListenStream= opens, and nothing else", noSocket);
    }
    if (!listens || domain != AF_UNIX && domain != AF_INET && domain != AF_INET6) {
      throw new IOException(which + " does not listen for TCP or Unix stream connections. Fix: ListenStream=, and Accept=no");
    }
    if (!nonBlocking(descriptor)) {
      throw new IOException(which + " is in blocking mode, in which accept(2) would stop an event loop. Fix: NonBlocking=yes in the service unit");
    }
    SocketAddress address = domain == AF_UNIX ? socket.localDomainSocketAddress() : socket.localAddress();
    if (address == null) {
      throw new IOException(which + " does not tell its address");
    }
    return new Passed(descriptor, name, address);
  }

  private static boolean nonBlocking(int descriptor) throws IOException {
    for (String line : Files.readString(Path.of("/proc/self/fdinfo/" + descriptor), StandardCharsets.US_ASCII).split("\n")) {
      if (line.startsWith("flags:")) {
        return (Integer.parseInt(line.substring(6).strip(), 8) & O_NONBLOCK) != 0;
      }
    }
    throw new IOException("/proc does not tell the flags of descriptor " + descriptor);
  }

  /** Whether a socket was handed over. */
  public boolean any() {
    return any;
  }

  /**
   * The door of a listener: the socket that was handed over for it, or else its address, to be bound.
   *
   * @param name {@code http}, {@code grpc}, {@code admin}, {@code mesh} or {@code scaler}
   * @param key of the configuration, for messages
   * @throws IOException if a socket has this name and another kind or address than is configured, or there are two
   */
  public Door door(String name, String key, Listen listen) throws IOException {
    Passed found = null;
    for (Iterator<Passed> all = left.iterator(); all.hasNext();) {
      Passed one = all.next();
      boolean fits = fits(one.address(), listen);
      if (one.name().equals(name) && !fits) {
        throw new IOException(one.shown() + ", does not fit " + key + ": " + listen + ". Fix: write the same address in the socket unit and in " + key);
      }
      if (one.name().equals(name) || fits && BY_ADDRESS.contains(one.name())) {
        if (found != null) {
          throw new IOException(one.shown() + ": there is a second one for " + key + ". Fix: hand over one");
        }
        found = one;
        all.remove();
      }
    }
    return found == null ? Door.at(address(listen)) : new Door(found.address(), found.descriptor());
  }

  /** To be called when every listener has its door. @throws IOException if a socket is left: connections to it would wait for ever */
  public void nothingLeft() throws IOException {
    if (!left.isEmpty()) {
      throw new IOException(left.get(0).shown() + ": no listener is configured there. Fix: write the same addresses in the socket unit and in http.listen, "
          + "grpc.listen, admin.listen, consul.connect.listen or scaler.listen, or name the sockets http, grpc, admin, mesh and scaler");
    }
  }

  /** How a listener is bound. */
  public static SocketAddress address(Listen listen) {
    return listen.fold(tcp -> new InetSocketAddress(tcp.host(), tcp.port()), unix -> new DomainSocketAddress(unix.path().toFile()));
  }

  private static boolean fits(SocketAddress bound, Listen listen) {
    SocketAddress wanted = address(listen);
    if (bound instanceof InetSocketAddress is && wanted instanceof InetSocketAddress should) {
      return (should.getPort() == 0 || is.getPort() == should.getPort()) && same(is.getAddress(), should.getAddress());
    }
    return bound instanceof DomainSocketAddress is && wanted instanceof DomainSocketAddress should && is.path().equals(should.path());
  }

  /** A wildcard of IPv6 that takes IPv4 too is not the wildcard of IPv4. */
  private static boolean same(@Nullable InetAddress one, @Nullable InetAddress other) {
    return one != null && one.equals(other);
  }

  private static String shown(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
    }
    return "unix:" + address;
  }
}
