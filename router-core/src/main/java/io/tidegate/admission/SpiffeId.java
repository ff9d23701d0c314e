package io.tidegate.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A workload's name by the SPIFFE standard (SPIFFE-ID, sections 2.1 to 2.3): {@code spiffe://trust-domain/segment/segment}. Strict: no
 * upper-case trust domain, port, user, query, fragment, escapes, empty or dot segments; at most 2,048 bytes. So one workload has one spelling.
 *
 * @param segments of the path, at least one
 */
public record SpiffeId(String trustDomain, List<String> segments) {
  private static final String SCHEME = "spiffe://";
  private static final int MAX_BYTES = 2_048;
  private static final int MAX_DOMAIN = 255;

  public SpiffeId {
    segments = List.copyOf(segments);
  }

  /** Empty if {@code uri} is not one, or names a trust domain instead of a workload. */
  public static Optional<SpiffeId> parse(String uri) {
    if (!uri.startsWith(SCHEME) || uri.length() > MAX_BYTES) {
      return Optional.empty();
    }
    int slash = uri.indexOf('/', SCHEME.length());
    if (slash < 0 || !trustDomain(uri.substring(SCHEME.length(), slash))) {
      return Optional.empty();
    }
    List<String> segments = new ArrayList<>();
    for (int start = slash + 1; start <= uri.length();) {
      int end = uri.indexOf('/', start);
      end = end < 0 ? uri.length() : end;
      String segment = uri.substring(start, end);
      if (!segment(segment)) {
        return Optional.empty();
      }
      segments.add(segment);
      start = end + 1;
    }
    return Optional.of(new SpiffeId(uri.substring(SCHEME.length(), slash), segments));
  }

  /** Whether {@code text} can be a trust domain: 1 to 255 of a-z 0-9 . - _ */
  public static boolean trustDomain(String text) {
    if (text.isEmpty() || text.length() > MAX_DOMAIN) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_')) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code text} can be a path segment: letters, digits, . - _ and neither {@code .} nor {@code ..} */
  static boolean segment(String text) {
    if (text.isEmpty() || text.equals(".") || text.equals("..")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_')) {
        return false;
      }
    }
    return true;
  }
}
