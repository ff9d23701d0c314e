package io.tidegate.ingress.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names this listener answers for (hazard D8): a page that rebinds its own name to our address is refused by it. Immutable. */
final class HostList {
  private final String[] names;

  HostList(List<String> configured) {
    List<String> all = new ArrayList<>(List.of("localhost", "127.0.0.1", "[::1]"));
    configured.forEach(name -> all.add(name.toLowerCase(Locale.ROOT)));
    names = all.toArray(String[]::new);
  }

  /** Whether {@code host} is one of the names, with or without a port of 1 to 5 digits. */
  boolean holds(byte[] host) {
    for (String name : names) {
      int length = name.length();
      if (host.length >= length && Ascii.equalIgnoreCase(host, 0, length, name) && (host.length == length || port(host, length))) {
        return true;
      }
    }
    return false;
  }

  private static boolean port(byte[] host, int colon) {
    int digits = host.length - colon - 1;
    return host[colon] == ':' && digits >= 1 && digits <= 5 && HeadValues.digits(host, colon + 1, host.length) >= 0;
  }
}
