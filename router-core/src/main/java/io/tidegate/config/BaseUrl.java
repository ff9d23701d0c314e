package io.tidegate.config;

/**
 * Where an upstream's API begins.
 *
 * @param tls the scheme was {@code https}
 * @param address the port is the scheme's own unless one was written
 * @param path empty, or begins with a slash and ends without one
 */
record BaseUrl(boolean tls, HostPort address, String path) {
  private static final String FIX = "write http(s)://host:port/path, such as https://api.deepseek.com/v1";

  static BaseUrl parse(String text) throws Malformed {
    boolean tls = text.startsWith("https://");
    if (!tls && !text.startsWith("http://")) {
      throw new Malformed("the base URL does not begin with http://, https:// or unix:/", FIX);
    }
    String rest = text.substring(tls ? 8 : 7);
    if (rest.indexOf('@') >= 0) {
      throw new Malformed("the base URL holds a user name or password", "remove what stands before '@' and use key: ${env:NAME}");
    }
    if (rest.indexOf('?') >= 0 || rest.indexOf('#') >= 0) {
      throw new Malformed("the base URL holds a query or a fragment", FIX);
    }
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    boolean withPort = authority.lastIndexOf(':') > authority.lastIndexOf(']');
    HostPort address = withPort ? HostPort.parse(authority) : new HostPort(HostPort.host(authority), tls ? 443 : 80);
    if (address.port() == 0) {
      throw new Malformed("port 0 cannot be connected to", FIX);
    }
    return new BaseUrl(tls, address, path(slash < 0 ? "" : rest.substring(slash)));
  }

  /** The same as a URI. */
  java.net.URI uri() {
    return java.net.URI.create((tls ? "https://" : "http://") + address + path);
  }

  /** A path to put before an operation's own: plain segments, no dots or escapes that another parser may read differently (D7). */
  static String path(String text) throws Malformed {
    String path = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (path.isEmpty()) {
      return path;
    }
    boolean good = path.startsWith("/") && path.length() <= 256;
    for (int i = 0; good && i < path.length(); i++) {
      char c = path.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~/".indexOf(c) >= 0;
    }
    if (!good || path.contains("//") || (path + "/").contains("/../") || (path + "/").contains("/./")) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a plain path", "write segments of letters, digits and - . _ ~, such as /v1");
    }
    return path;
  }
}
