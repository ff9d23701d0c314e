package io.tidegate.config;

/**
 * A name or literal address and a port.
 *
 * @param host without brackets, in lower case
 * @param port 0..65535
 */
record HostPort(String host, int port) {
  private static final int MAX_HOST = 253;

  /** Reads {@code host:port} or {@code [v6]:port}. */
  static HostPort parse(String text) throws Malformed {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]")) {
      throw new Malformed("'" + Malformed.shown(text) + "' has no port", "write host:port, such as 127.0.0.1:8000 or [::1]:8000");
    }
    return new HostPort(host(text.substring(0, colon)), port(text.substring(colon + 1)));
  }

  /** A DNS name, an IPv4 address, or an IPv6 address in brackets. */
  static String host(String text) throws Malformed {
    if (text.startsWith("[") && Networks.literal(text).isPresent()) {
      return text.substring(1, text.length() - 1);
    }
    boolean good = !text.isEmpty() && text.length() <= MAX_HOST && !text.startsWith("-") && !text.startsWith(".");
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_';
    }
    boolean numeric = good && text.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    if (!good || numeric && Networks.literal(text).isEmpty()) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a host",
          "write a name, an IPv4 address, or an IPv6 address in brackets, such as [::1]");
    }
    return text.toLowerCase(java.util.Locale.ROOT);
  }

  static int port(String text) throws Malformed {
    boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || Integer.parseInt(text) > 65_535) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a port", "write a number from 0 to 65535");
    }
    return Integer.parseInt(text);
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
