package io.tidegate.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code multipart/form-data} (RFC 7578) as it comes, keeping no more than a boundary's length and one part's head. Strict: CR LF, one disposition for a
 * part, nothing but parts. Not thread-safe.
 */
final class Multipart {
  private static final int MAX_HEAD = 4096;
  private static final int MAX_BOUNDARY = 70;

  private enum State { START, HEAD, BODY, AFTER, END, BROKEN }

  /** Takes what was found. */
  interface Parts {
    /** A part begins. {@code filename} is null for a plain field. */
    void part(String name, @Nullable String filename) throws IOException;

    void bytes(byte[] bytes, int from, int count) throws IOException;

    void end() throws IOException;
  }

  private final byte[] delimiter;
  private final Parts parts;
  private State state = State.START;
  private byte[] kept = new byte[256];
  private int count;

  private Multipart(String boundary, Parts parts) {
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    this.parts = parts;
    // The first delimiter has no line before it.
    kept[0] = '\r';
    kept[1] = '\n';
    count = 2;
  }

  /** For this content type; null if it is not multipart/form-data with a boundary. */
  static @Nullable Multipart of(String contentType, Parts parts) {
    int semicolon = contentType.indexOf(';');
    if (semicolon < 0 || !contentType.substring(0, semicolon).trim().equalsIgnoreCase("multipart/form-data")) {
      return null;
    }
    String boundary = parameter(contentType.substring(semicolon), "boundary");
    return boundary == null || boundary.isEmpty() || boundary.length() > MAX_BOUNDARY ? null : new Multipart(boundary, parts);
  }

  /** Whether the last delimiter has come, and nothing was wrong. */
  boolean whole() {
    return state == State.END;
  }

  boolean broken() {
    return state == State.BROKEN;
  }

  void feed(byte[] bytes, int from, int length) throws IOException {
    if (state == State.END || state == State.BROKEN) {
      return; // an epilogue means nothing
    }
    keep(bytes, from, length);
    boolean more = true;
    while (more) {
      more = switch (state) {
        case START, BODY -> body();
        case AFTER -> after();
        case HEAD -> head();
        case END, BROKEN -> false;
      };
    }
  }

  private boolean body() throws IOException {
    int at = find(delimiter);
    int give = at >= 0 ? at : Math.max(0, count - delimiter.length + 1);
    if (state == State.START) {
      if (at > 0 || at < 0 && count >= delimiter.length) {
        return fail();
      }
      give = 0;
    } else if (give > 0) {
      parts.bytes(kept, 0, give);
    }
    if (at < 0) {
      drop(give);
      return false;
    }
    if (state == State.BODY) {
      parts.end();
    }
    drop(at + delimiter.length);
    state = State.AFTER;
    return true;
  }

  /** Behind a delimiter: {@code --} ends all, CR LF begins a part. */
  private boolean after() {
    if (count < 2) {
      return false;
    }
    if (kept[0] == '-' && kept[1] == '-') {
      state = State.END;
      return false;
    }
    if (kept[0] != '\r' || kept[1] != '\n') {
      return fail();
    }
    drop(2);
    state = State.HEAD;
    return true;
  }

  private boolean head() throws IOException {
    int end = find(new byte[] {'\r', '\n', '\r', '\n'});
    if (end < 0) {
      return count > MAX_HEAD && fail();
    }
    if (end > MAX_HEAD) {
      return fail();
    }
    String name = null;
    String filename = null;
    for (String line : new String(kept, 0, end, StandardCharsets.UTF_8).split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        return fail();
      }
      if (line.substring(0, colon).toLowerCase(Locale.ROOT).equals("content-disposition")) {
        String value = line.substring(colon + 1);
        int semicolon = value.indexOf(';');
        if (name != null || semicolon < 0 || !value.substring(0, semicolon).trim().equalsIgnoreCase("form-data")) {
          return fail();
        }
        name = parameter(value.substring(semicolon), "name");
        filename = parameter(value.substring(semicolon), "filename");
      }
    }
    if (name == null) {
      return fail();
    }
    parts.part(name, filename);
    drop(end + 4);
    state = State.BODY;
    return true;
  }

  private boolean fail() {
    state = State.BROKEN;
    return false;
  }

  private int find(byte[] what) {
    for (int i = 0; i + what.length <= count; i++) {
      int j = 0;
      while (j < what.length && kept[i + j] == what[j]) {
        j++;
      }
      if (j == what.length) {
        return i;
      }
    }
    return -1;
  }

  private void keep(byte[] bytes, int from, int length) {
    if (count + length > kept.length) {
      kept = java.util.Arrays.copyOf(kept, Math.max(count + length, Math.min(kept.length * 2, 1 << 20)));
    }
    System.arraycopy(bytes, from, kept, count, length);
    count += length;
  }

  private void drop(int first) {
    System.arraycopy(kept, first, kept, 0, count - first);
    count -= first;
  }

  /** A quoted or bare parameter behind a semicolon; null if absent. A backslash is a character of its own, as browsers and curl write it percent-encoded. */
  private static @Nullable String parameter(String parameters, String name) {
    int at = 0;
    while (at < parameters.length()) {
      at++; // the semicolon
      while (at < parameters.length() && parameters.charAt(at) == ' ') {
        at++;
      }
      int equals = parameters.indexOf('=', at);
      if (equals < 0) {
        return null;
      }
      String found = parameters.substring(at, equals).trim();
      String value;
      at = equals + 1;
      if (at < parameters.length() && parameters.charAt(at) == '"') {
        int close = parameters.indexOf('"', at + 1);
        if (close < 0) {
          return null;
        }
        value = parameters.substring(at + 1, close);
        at = parameters.indexOf(';', close);
      } else {
        int semicolon = parameters.indexOf(';', at);
        value = parameters.substring(at, semicolon < 0 ? parameters.length() : semicolon).trim();
        at = semicolon;
      }
      if (found.equalsIgnoreCase(name)) {
        return value;
      }
      if (at < 0) {
        return null;
      }
    }
    return null;
  }
}
