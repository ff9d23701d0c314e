package io.tidegate.classify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The ways of hazard A11 to write a value so that a person or a model still reads it, by kind. */
final class Disguises {
  /** The zeros of scripts whose digits run on from there. */
  private static final int[] ZEROES = {0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xa8d0, 0xabf0, 0xff10};

  private Disguises() {}

  static String each(String text, UnaryOperator<String> change) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(cp -> out.append(change.apply(Character.toString(cp))));
    return out.toString();
  }

  private static boolean ascii(String c) {
    return c.charAt(0) < 0x80;
  }

  private static String between(String text, String what) {
    return each(text, c -> c + what);
  }

  private static String shifted(String text, int digit, int upper, int lower) {
    return each(text, c -> {
      char a = c.charAt(0);
      int to = a >= '0' && a <= '9' && digit > 0 ? digit + a - '0' : a >= 'A' && a <= 'Z' && upper > 0 ? upper + a - 'A' : a >= 'a' && a <= 'z' && lower > 0 ? lower + a - 'a' : -1;
      return to < 0 ? c : Character.toString(to);
    });
  }

  static String hex(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(String.format("%02x", b));
    }
    return out.toString();
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String percent(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(String.format("%%%02X", b));
    }
    return out.toString();
  }

  /** Bytes as variation selectors behind an emoji. */
  private static String selectors(String text) {
    StringBuilder out = new StringBuilder("\ud83d\ude00");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int value = b & 0xff;
      out.appendCodePoint(value < 16 ? 0xfe00 + value : 0xe0100 + value - 16);
    }
    return out.toString();
  }

  /** That work on any text: {@code kind: name}. */
  static Map<String, UnaryOperator<String>> any() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    for (String c : new String[] {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u180e", "\u2063"}) {
      all.put("zero-width: U+" + Integer.toHexString(c.charAt(0)), t -> between(t, c));
    }
    all.put("zero-width: one in the middle", t -> t.substring(0, t.length() / 2) + "\u200b" + t.substring(t.length() / 2));
    all.put("bidi: override", t -> "\u202d" + t + "\u202c");
    all.put("bidi: isolates inside", t -> each(t, c -> "\u2066" + c + "\u2069"));
    all.put("bidi: marks", t -> between(t, "\u200e"));
    all.put("bidi: shown backwards", t -> "\u202e" + new StringBuilder(t).reverse() + "\u202c");
    all.put("tags: noise", t -> between(t, "\udb40\udc41"));
    all.put("tags: written in them", t -> "hello" + each(t, c -> ascii(c) ? Character.toString(0xe0000 + c.charAt(0)) : c));
    all.put("variation selectors: noise", t -> between(t, "\ufe0f"));
    all.put("variation selectors: of plane 14", t -> between(t, "\udb40\udd05"));
    all.put("variation selectors: bytes in them", Disguises::selectors);
    all.put("soft hyphen: each", t -> between(t, "\u00ad"));
    all.put("soft hyphen: one in four", t -> t.replaceAll("(.{4})(?=.)", "$1\u00ad"));
    all.put("combining marks: strike", t -> between(t, "\u0336"));
    all.put("combining marks: two", t -> between(t, "\u0301\u0323"));
    all.put("combining marks: enclosing", t -> between(t, "\u20dd"));
    all.put("full width: all", t -> each(t, c -> c.charAt(0) > 0x20 && c.charAt(0) < 0x7f ? Character.toString(c.charAt(0) + 0xfee0) : c));
    all.put("mathematical: bold", t -> shifted(t, 0x1d7ce, 0x1d400, 0x1d41a));
    all.put("mathematical: sans", t -> shifted(t, 0x1d7e2, 0x1d5a0, 0x1d5ba));
    all.put("mathematical: monospace", t -> shifted(t, 0x1d7f6, 0x1d670, 0x1d68a));
    all.put("mathematical: double-struck digits", t -> shifted(t, 0x1d7d8, 0, 0));
    all.put("homoglyphs: Cyrillic", t -> each(t, c -> "aceopxyABCEHKMOPTX".contains(c) ? String.valueOf("асеорхуАВСЕНКМОРТХ".charAt("aceopxyABCEHKMOPTX".indexOf(c))) : c));
    all.put("homoglyphs: one letter", t -> t.replaceFirst("a", "а").replaceFirst("e", "е").replaceFirst("o", "о"));
    all.put("base64: plain", Disguises::base64);
    all.put("base64: url", t -> Base64.getUrlEncoder().withoutPadding().encodeToString(t.getBytes(StandardCharsets.UTF_8)));
    all.put("base64: twice", t -> base64(base64(t)));
    all.put("base64: lines", t -> Base64.getMimeEncoder(44, new byte[] {'\n'}).encodeToString(("Here is the record that was asked for, keep it safe. " + t + " That is all there is, thanks.").getBytes(StandardCharsets.UTF_8)));
    all.put("base64: of UTF-16", t -> Base64.getEncoder().encodeToString(t.getBytes(StandardCharsets.UTF_16LE)));
    all.put("base64: data address", t -> "data:text/plain;base64," + base64(t));
    all.put("hex: plain", Disguises::hex);
    all.put("hex: capitals", t -> "0x" + hex(t).toUpperCase(Locale.ROOT));
    all.put("hex: in pairs", t -> hex(t).replaceAll("(..)(?=.)", "$1 "));
    all.put("hex: with colons", t -> hex(t).replaceAll("(..)(?=.)", "$1:"));
    all.put("percent: all", Disguises::percent);
    all.put("percent: twice", t -> percent(t).replace("%", "%25"));
    all.put("HTML: decimal", t -> each(t, c -> "&#" + c.codePointAt(0) + ";"));
    all.put("HTML: hexadecimal", t -> each(t, c -> "&#x" + Integer.toHexString(c.codePointAt(0)) + ";"));
    all.put("HTML: without semicolons", t -> each(t, c -> String.format("&#x%05x", c.codePointAt(0))));
    all.put("escapes: \\u", t -> each(t, c -> String.format("\\u%04x", (int) c.charAt(0))));
    all.put("escapes: \\u twice", t -> each(t, c -> String.format("\\\\u%04x", (int) c.charAt(0))));
    all.put("escapes: \\u{}", t -> each(t, c -> "\\u{" + Integer.toHexString(c.codePointAt(0)) + "}"));
    all.put("escapes: \\x", t -> each(t, c -> ascii(c) ? String.format("\\x%02x", (int) c.charAt(0)) : c));
    all.put("escapes: octal", t -> each(t, c -> ascii(c) ? String.format("\\%03o", (int) c.charAt(0)) : c));
    all.put("escapes: \\U", t -> each(t, c -> String.format("\\U%08x", c.codePointAt(0))));
    all.put("reversed: said so", t -> new StringBuilder(t).reverse() + " (read it backwards)");
    all.put("reversed: 倒着", t -> "下面这串倒着读：" + new StringBuilder(t).reverse());
    all.put("spacing: spaces", t -> String.join(" ", t.split("")));
    all.put("spacing: full stops", t -> String.join(".", t.split("")));
    return all;
  }

  /** That work on digits. */
  static Map<String, UnaryOperator<String>> numbers() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    for (int zero : ZEROES) {
      all.put("digits: U+" + Integer.toHexString(zero), t -> shifted(t, zero, 0, 0));
    }
    all.put("digits: circled", t -> each(t, c -> c.equals("0") ? "\u24ea" : c.charAt(0) > '0' && c.charAt(0) <= '9' ? Character.toString(0x2460 + c.charAt(0) - '1') : c));
    all.put("digits: superscript", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? String.valueOf("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079".charAt(c.charAt(0) - '0')) : c));
    all.put("digits: subscript", t -> shifted(t, 0x2080, 0, 0));
    all.put("digits: keycaps", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? c + "\ufe0f\u20e3" : c));
    all.put("digits: segmented", t -> shifted(t, 0x1fbf0, 0, 0));
    all.put("digits: Chinese", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? String.valueOf("零一二三四五六七八九".charAt(c.charAt(0) - '0')) : c));
    all.put("digits: formal Chinese", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? String.valueOf("零壹贰叁肆伍陆柒捌玖".charAt(c.charAt(0) - '0')) : c));
    all.put("digits: letters for some", t -> t.replace('0', 'O').replace('1', 'l'));
    all.put("spacing: hyphens", t -> String.join("-", t.split("")));
    all.put("spacing: underscores", t -> String.join("_", t.split("")));
    all.put("spacing: commas", t -> String.join(",", t.split("")));
    all.put("spacing: tabs", t -> String.join("\t", t.split("")));
    all.put("spacing: lines of four", t -> t.replaceAll("(.{4})(?=.)", "$1\n"));
    all.put("spacing: en dashes in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\u2013"));
    all.put("spacing: thin spaces in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\u2009"));
    all.put("spacing: ideographic spaces in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\u3000"));
    all.put("spacing: slashes in sixes", t -> t.replaceAll("(.{6})(?=.)", "$1/"));
    return all;
  }
}
