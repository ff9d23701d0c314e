package io.tidegate.lab.emulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * Other readings of received bytes: escapes undone, whichever characters somebody chose to escape, and lines joined, as base64 is broken into lines.
 * What is not an escape stays as it is.
 */
final class Readings {
  private static final int MOST_LAYERS = 2;

  private Readings() {}

  /** Shows each reading that differs from {@code text}, with its name. */
  static void of(byte[] text, BiConsumer<String, byte[]> reader) {
    byte[] json = text;
    for (int layer = 0; layer < MOST_LAYERS && has(json, '\\'); layer++) {
      json = unescaped(json);
      reader.accept(layer == 0 ? "json undone" : "json undone twice", json);
      if (has(json, '\n')) {
        reader.accept("json undone, lines joined", joined(json));
      }
    }
    byte[] url = text;
    for (int layer = 0; layer < MOST_LAYERS && has(url, '%'); layer++) {
      url = unquoted(url);
      reader.accept(layer == 0 ? "url undone" : "url undone twice", url);
    }
    if (has(text, '\n')) {
      reader.accept("lines joined", joined(text));
    }
  }

  private static boolean has(byte[] text, char mark) {
    for (byte one : text) {
      if (one == mark) {
        return true;
      }
    }
    return false;
  }

  private static byte[] unescaped(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
    for (int at = 0; at < text.length; at++) {
      int next = at + 1 < text.length ? text[at + 1] : 0;
      if (text[at] != '\\') {
        out.write(text[at]);
      } else if (next == 'u' && hex(text, at + 2, 4) >= 0) {
        StringBuilder units = new StringBuilder(2).append((char) hex(text, at + 2, 4));
        at += 5;
        // A character beyond the first plane is spelled by two escapes.
        if (Character.isHighSurrogate(units.charAt(0)) && at + 2 < text.length && text[at + 1] == '\\' && text[at + 2] == 'u' && hex(text, at + 3, 4) >= 0) {
          units.append((char) hex(text, at + 3, 4));
          at += 6;
        }
        out.writeBytes(units.toString().getBytes(StandardCharsets.UTF_8));
      } else {
        int plain = "\"\\/bfnrt".indexOf(next);
        out.write(plain < 0 ? text[at] : "\"\\/\b\f\n\r\t".charAt(plain));
        at += plain < 0 ? 0 : 1;
      }
    }
    return out.toByteArray();
  }

  private static byte[] unquoted(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
    for (int at = 0; at < text.length; at++) {
      int value = text[at] == '%' ? hex(text, at + 1, 2) : -1;
      if (value >= 0) {
        out.write(value);
        at += 2;
      } else {
        out.write(text[at] == '+' ? ' ' : text[at]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
    for (byte one : text) {
      if (one != '\r' && one != '\n') {
        out.write(one);
      }
    }
    return out.toByteArray();
  }

  /** The number that {@code digits} characters spell, in either case; -1 if they do not. */
  private static int hex(byte[] text, int from, int digits) {
    int value = 0;
    for (int at = from; at < from + digits; at++) {
      int digit = at < text.length ? Character.digit(text[at], 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
