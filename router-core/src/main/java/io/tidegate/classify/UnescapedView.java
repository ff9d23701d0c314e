package io.tidegate.classify;

import org.jspecify.annotations.Nullable;

/** The reading of a piece with percent, HTML and backslash escapes resolved (hazard A11). Never longer than its source. */
final class UnescapedView {
  private static final String[] NAMED = {"amp;", "&", "lt;", "<", "gt;", ">", "quot;", "\"", "apos;", "'", "nbsp;", " ", "commat;", "@", "period;", ".", "colon;", ":", "num;", "#", "hyphen;", "-",
      "dash;", "-", "lowbar;", "_", "equals;", "=", "sol;", "/", "plus;", "+", "zwnj;", "", "zwj;", "", "shy;", ""};

  private final char[] a;
  private final int n;
  private final Piece source;
  private final char[] out;
  private final int[] origin;
  private int length;
  private boolean changed;

  private UnescapedView(Piece source) {
    this.source = source;
    a = source.chars;
    n = source.length;
    out = new char[n + 4];
    origin = new int[n + 4];
  }

  /** The view, not yet gated; null if there is nothing to resolve. */
  static @Nullable Piece of(Piece source) {
    UnescapedView view = new UnescapedView(source);
    view.resolve();
    if (!view.changed) {
      return null;
    }
    Piece piece = Piece.of(view.out, view.length);
    return piece.derivedFrom(source, view.origin, source.length);
  }

  private void resolve() {
    int i = 0;
    while (i < n) {
      int next = switch (a[i]) {
        case '%' -> percent(i);
        case '&' -> entity(i);
        case '\\' -> backslash(i);
        default -> i;
      };
      if (next == i) {
        put(a[i], i);
        next = i + 1;
      } else {
        changed = true;
      }
      i = next;
    }
  }

  /** One or more {@code %XX}, read as UTF-8 where it is valid; also {@code %uXXXX}. */
  private int percent(int at) {
    if (at + 5 < n && (a[at + 1] | 0x20) == 'u') {
      int unit = hex(at + 2, 4);
      if (unit >= 0) {
        put((char) unit, at);
        return at + 6;
      }
    }
    int lead = at + 2 < n ? hex(at + 1, 2) : -1;
    if (lead < 0) {
      return at;
    }
    int more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : -1;
    int cp = more < 0 ? lead : more == 0 ? lead : lead & 0x3f >> more;
    int i = at + 3;
    for (int k = 0; k < more; k++, i += 3) {
      int next = i + 2 < n && a[i] == '%' ? hex(i + 1, 2) : -1;
      if (next >> 6 != 2) {
        put((char) lead, at);
        return at + 3;
      }
      cp = cp << 6 | next & 0x3f;
    }
    putCodePoint(cp, at);
    return i;
  }

  private int entity(int at) {
    if (at + 2 < n && a[at + 1] == '#') {
      boolean hex = (a[at + 2] | 0x20) == 'x';
      int i = at + (hex ? 3 : 2);
      int cp = 0;
      int from = i;
      while (i < n && i - from < 7) {
        int digit = Character.digit(a[i], hex ? 16 : 10);
        if (digit < 0 || a[i] > 0x7f) {
          break;
        }
        cp = cp * (hex ? 16 : 10) + digit;
        i++;
      }
      if (i > from && cp > 0 && cp <= 0x10ffff) {
        putCodePoint(cp, at);
        return i < n && a[i] == ';' ? i + 1 : i;
      }
      return at;
    }
    for (int k = 0; k < NAMED.length; k += 2) {
      if (Nearby.matches(source, at + 1, NAMED[k])) {
        for (int j = 0; j < NAMED[k + 1].length(); j++) {
          put(NAMED[k + 1].charAt(j), at);
        }
        return at + 1 + NAMED[k].length();
      }
    }
    return at;
  }

  private int backslash(int at) {
    char kind = at + 1 < n ? a[at + 1] : ' ';
    switch (kind) {
      case 'u', 'U' -> {
        if (at + 2 < n && a[at + 2] == '{') {
          int i = at + 3;
          int cp = 0;
          while (i < n && i - at < 10 && Character.digit(a[i], 16) >= 0) {
            cp = cp << 4 | Character.digit(a[i++], 16);
          }
          if (i < n && a[i] == '}' && i > at + 3 && cp <= 0x10ffff) {
            putCodePoint(cp, at);
            return i + 1;
          }
        }
        int unit = at + 5 < n ? hex(at + 2, 4) : -1;
        int whole = kind == 'U' && at + 9 < n ? hex(at + 2, 8) : -1;
        if (whole > 0 && whole <= 0x10ffff) {
          putCodePoint(whole, at);
          return at + 10;
        }
        if (unit >= 0) {
          put((char) unit, at);
          return at + 6;
        }
        return at;
      }
      case 'x' -> {
        int unit = at + 3 < n ? hex(at + 2, 2) : -1;
        if (unit >= 0) {
          put((char) unit, at);
          return at + 4;
        }
        return at;
      }
      case 'n', 'r', 't' -> {
        if (Piece.letter(source.peek(at + 2)) && Piece.letter(source.peek(at + 3)) && Piece.letter(source.peek(at - 1))) {
          return at;
        }
        put('\n', at);
        return at + 2;
      }
      case '"', '\'', '/', '\\' -> {
        put(kind, at);
        return at + 2;
      }
      case '0', '1', '2', '3' -> {
        if (at + 3 < n && octal(a[at + 2]) && octal(a[at + 3])) {
          put((char) ((kind - '0') << 6 | (a[at + 2] - '0') << 3 | a[at + 3] - '0'), at);
          return at + 4;
        }
        return at;
      }
      default -> {
        return at;
      }
    }
  }

  private static boolean octal(char c) {
    return c >= '0' && c <= '7';
  }

  private int hex(int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int digit = a[i] < 0x80 ? Character.digit(a[i], 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private void putCodePoint(int cp, int from) {
    if (cp >= 0x10000) {
      put(Character.highSurrogate(cp), from);
      put(Character.lowSurrogate(cp), from);
    } else {
      put((char) cp, from);
    }
  }

  private void put(char c, int from) {
    out[length] = c;
    origin[length++] = from;
  }
}
