package io.tidegate.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;

/** Where a listener waits for connections. */
public sealed interface Listen {
  /** Continues with whichever case this is. */
  <T> T fold(Function<Tcp, T> tcp, Function<Unix, T> unix);

  /** Whether only this machine can connect. */
  boolean local();

  /**
   * @param host a literal address without brackets, or {@code localhost}
   * @param port 0 for any free one
   */
  record Tcp(String host, int port) implements Listen {
    @Override
    public <T> T fold(Function<Tcp, T> tcp, Function<Unix, T> unix) {
      return tcp.apply(this);
    }

    @Override
    public boolean local() {
      return Networks.loopback(host);
    }

    /** The form of the configuration file. */
    @Override
    public String toString() {
      return new HostPort(host, port).toString();
    }
  }

  /**
   * @param path of the socket file
   * @param mode its permissions, as {@code rw-rw----}: who may write it may connect
   */
  record Unix(Path path, String mode) implements Listen {
    @Override
    public <T> T fold(Function<Tcp, T> tcp, Function<Unix, T> unix) {
      return unix.apply(this);
    }

    @Override
    public boolean local() {
      return true;
    }

    /** The form of the configuration file. */
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** The same, and if it is a Unix socket with these permissions. */
  default Listen withMode(String mode) {
    return fold(tcp -> tcp, unix -> new Unix(unix.path(), mode));
  }

  /** Reads {@code 0660} and the like: three octal digits behind a zero. */
  static String mode(String text) throws Malformed {
    if (!text.matches("0[0-7]{3}")) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a file mode", "write four octal digits in quotes, such as '0660'");
    }
    StringBuilder mode = new StringBuilder();
    for (int i = 1; i < 4; i++) {
      int bits = text.charAt(i) - '0';
      mode.append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-').append((bits & 1) != 0 ? 'x' : '-');
    }
    return mode.toString();
  }

  /** Reads {@code 127.0.0.1:7400}, {@code [::1]:7400}, {@code localhost:7400} or {@code unix:/run/tidegate/http.sock}. */
  static Listen parse(String text) throws Malformed {
    if (text.startsWith("unix:")) {
      return unix(text.substring(5));
    }
    HostPort address = HostPort.parse(text);
    if (!address.host().equals("localhost") && Networks.literal(address.host()).isEmpty()) {
      throw new Malformed("'" + Malformed.shown(address.host()) + "' is a name; a listener needs a literal address",
          "write the address, such as 127.0.0.1:" + address.port());
    }
    return new Tcp(address.host(), address.port());
  }

  private static Listen unix(String path) throws Malformed {
    try {
      // 107 bytes: sun_path of Linux without its final NUL.
      if (path.startsWith("/") && path.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= 107) {
        return new Unix(Path.of(path), "rw-------");
      }
    } catch (InvalidPathException nul) {
      // Said below.
    }
    throw new Malformed("'" + Malformed.shown(path) + "' cannot be the path of a Unix socket", "write unix: and an absolute path of at most 107 bytes");
  }
}
