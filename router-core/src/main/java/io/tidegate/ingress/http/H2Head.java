package io.tidegate.ingress.http;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.tidegate.model.ErrorAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills a {@link RequestHead} from HTTP/2 headers, with the checks that Netty's decoder leaves out (hazard E7): each pseudo-header once and
 * not empty, field names in lower case, values without control characters, Host equal to {@code :authority}.
 */
final class H2Head {
  private static final int METHOD = 1;
  private static final int SCHEME = 2;
  private static final int PATH = 4;
  private static final int AUTHORITY = 8;
  /** RFC 9113 section 6.5.2. */
  private static final int FIELD_OVERHEAD = 32;
  private static final int REQUIRED = METHOD | SCHEME | PATH;

  private final RequestHead head;
  private int pseudo;
  private byte @Nullable [] authority;
  private boolean hostSeen;

  private H2Head(RequestHead head) {
    this.head = head;
  }

  /** What makes the request malformed (or its headers too large), or null. */
  static @Nullable ErrorAnswer read(Http2Headers headers, RequestHead head, HttpConfig config) {
    H2Head reader = new H2Head(head);
    int count = 0;
    int size = 0;
    for (Map.Entry<CharSequence, CharSequence> entry : headers) {
      AsciiString name = AsciiString.of(entry.getKey());
      AsciiString value = AsciiString.of(entry.getValue());
      size += name.length() + value.length() + FIELD_OVERHEAD;
      if (++count > config.maxHeaders() || size > config.maxHeaderBytes()) {
        return Faults.HEADERS_TOO_LARGE;
      }
      ErrorAnswer error = reader.entry(name, value, config);
      if (error != null) {
        return error;
      }
    }
    return (reader.pseudo & REQUIRED) == REQUIRED ? head.complete() : Faults.PSEUDO_HEADERS;
  }

  private @Nullable ErrorAnswer entry(AsciiString name, AsciiString value, HttpConfig config) {
    byte[] v = value.array();
    int start = value.arrayOffset();
    int end = start + value.length();
    if (!printable(v, start, end)) {
      return Faults.FIELD_VALUE;
    }
    if (name.length() > 0 && name.byteAt(0) == ':') {
      return pseudo(name, v, start, end, config);
    }
    byte[] n = name.array();
    int nameStart = name.arrayOffset();
    int nameEnd = nameStart + name.length();
    for (int i = nameStart; i < nameEnd; i++) {
      if (!Ascii.token(n[i])) {
        return Faults.FIELD_NAME;
      }
      if (n[i] >= 'A' && n[i] <= 'Z') {
        return Faults.FIELD_CASE;
      }
    }
    if (name.isEmpty()) {
      return Faults.FIELD_NAME;
    }
    if (name.contentEquals("host")) {
      return host(v, start, end);
    }
    // One array for name and value is what the HTTP/1 parser has; here they are two.
    byte[] line = new byte[name.length() + value.length()];
    System.arraycopy(n, nameStart, line, 0, name.length());
    System.arraycopy(v, start, line, name.length(), value.length());
    return head.field(line, 0, name.length(), name.length(), line.length);
  }

  private @Nullable ErrorAnswer host(byte[] v, int start, int end) {
    byte[] named = authority;
    if (hostSeen) {
      return Faults.HOST_MISSING;
    }
    hostSeen = true;
    if (named != null) {
      return Arrays.equals(named, 0, named.length, v, start, end) ? null : Faults.HOST_MISMATCH;
    }
    return head.host(v, start, end);
  }

  private @Nullable ErrorAnswer pseudo(AsciiString name, byte[] v, int start, int end, HttpConfig config) {
    int which = switch (name.toString()) {
      case ":method" -> METHOD;
      case ":scheme" -> SCHEME;
      case ":path" -> PATH;
      case ":authority" -> AUTHORITY;
      default -> 0;
    };
    if (which == 0 || (pseudo & which) != 0 || start == end) {
      return Faults.PSEUDO_HEADERS;
    }
    pseudo |= which;
    return switch (which) {
      case METHOD -> method(v, start, end);
      case SCHEME -> Ascii.equalIgnoreCase(v, start, end, "http") || Ascii.equalIgnoreCase(v, start, end, "https") ? null
          : Faults.PSEUDO_HEADERS;
      case PATH -> path(v, start, end, config);
      default -> authority(v, start, end);
    };
  }

  private @Nullable ErrorAnswer method(byte[] v, int start, int end) {
    Method method = Method.of(v, start, end);
    if (method == null) {
      return Faults.METHOD;
    }
    head.method = method;
    return null;
  }

  private @Nullable ErrorAnswer path(byte[] v, int start, int end, HttpConfig config) {
    if (end - start > config.maxRequestLineBytes()) {
      return Faults.URI_TOO_LONG;
    }
    int query = end;
    for (int i = start; i < end; i++) {
      if (!Ascii.target(v[i])) {
        return Faults.TARGET;
      }
      if (v[i] == '?' && query == end) {
        query = i;
      }
    }
    if (v[start] != '/') {
      return Faults.TARGET;
    }
    head.query = query < end;
    head.route = Route.of(v, start, query);
    if (head.route != null && head.route.hasMore()) {
      head.target = new String(v, start, end - start, StandardCharsets.US_ASCII);
    }
    return null;
  }

  /** Netty hands the pseudo-headers on before all others, so a Host that came is compared later. */
  private @Nullable ErrorAnswer authority(byte[] v, int start, int end) {
    authority = Arrays.copyOfRange(v, start, end);
    return head.host(v, start, end);
  }

  /** RFC 9113 section 8.2.1: no control characters, no white space around. */
  private static boolean printable(byte[] v, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!Ascii.value(v[i])) {
        return false;
      }
    }
    return start == end || !blank(v[start]) && !blank(v[end - 1]);
  }

  private static boolean blank(byte b) {
    return b == Ascii.SP || b == Ascii.HT;
  }
}
