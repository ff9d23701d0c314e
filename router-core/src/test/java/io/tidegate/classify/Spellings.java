package io.tidegate.classify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Ways to write a value so that a machine that reads it plainly sees something else. By name, for {@link MadeValues}. */
final class Spellings {
  private static final String[] ENGLISH = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Spellings() {}

  static String of(String kind, String text) {
    return switch (kind) {
      case "none" -> text;
      case "full" -> each(text, c -> c > ' ' && c < 127 ? Character.toString(c + 0xFEE0) : Character.toString(c));
      case "zero" -> between(text, "\u200b");
      case "shy" -> between(text, "\u00ad");
      case "comb" -> between(text, "\u034f");
      case "tag" -> each(text, c -> Character.toString(c) + Character.toString(0xE0000 + 'x'));
      case "space" -> between(text, " ");
      case "dot" -> between(text, ".");
      case "dash" -> between(text, "-");
      case "under" -> between(text, "_");
      case "slash" -> between(text, "/");
      case "line" -> between(text, "\n");
      case "comma" -> between(text, ", ");
      case "emoji" -> between(text, "\ud83c\udf4e");
      case "reverse" -> new StringBuilder(text).reverse().toString();
      case "han" -> digits(text, d -> "" + "〇一二三四五六七八九".charAt(d));
      case "daxie" -> digits(text, d -> "" + "零壹贰叁肆伍陆柒捌玖".charAt(d));
      case "arabic" -> digits(text, d -> Character.toString(0x660 + d));
      case "deva" -> digits(text, d -> Character.toString(0x966 + d));
      case "math" -> digits(text, d -> Character.toString(0x1D7CE + d));
      case "circled" -> digits(text, d -> Character.toString(d == 0 ? 0x24EA : 0x2460 + d - 1));
      case "keycap" -> digits(text, d -> d + "\ufe0f\u20e3");
      case "super" -> digits(text, d -> "" + "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(d));
      case "words" -> digits(text, d -> ENGLISH[d] + ' ').strip();
      case "letters" -> text.replace('0', 'O').replace('1', 'l');
      case "mixed" -> mixed(text);
      case "homo" -> text.replace('a', 'а').replace('e', 'е').replace('o', 'о').replace('p', 'р').replace('c', 'с');
      case "b64" -> Base64.getEncoder().encodeToString(bytes(text));
      case "b64nl" -> Base64.getMimeEncoder(24, new byte[] {'\n'}).encodeToString(bytes(text));
      case "b64url" -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
      case "b32" -> base32(bytes(text));
      case "hex" -> each(text, c -> String.format("%02x", c));
      case "pct" -> each(text, c -> String.format("%%%02X", c));
      case "qp" -> each(text, c -> String.format("=%02X", c));
      case "octal" -> each(text, c -> String.format("\\%03o", c));
      case "hexdump" -> each(text, c -> String.format("%02x ", c)).strip();
      case "bytes" -> each(text, c -> String.format("0x%02x, ", c)).strip();
      case "charcodes" -> each(text, c -> c + ", ").strip();
      case "html" -> each(text, c -> "&#" + c + ';');
      case "htmlx" -> each(text, c -> "&#x" + Integer.toHexString(c) + ';');
      case "json" -> each(text, c -> String.format("\\u%04x", c));
      case "quote" -> '"' + text.substring(0, text.length() / 2) + "\" + \"" + text.substring(text.length() / 2) + '"';
      case "bold" -> text.substring(0, 6) + "**" + text.substring(6, 12) + "**" + text.substring(12);
      case "six" -> text.substring(0, 6) + " id[6:12]=" + text.substring(6, 12) + " id[12:18]=" + text.substring(12);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static String mixed(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.appendCodePoint(!Character.isDigit(c) ? c : i % 3 == 0 ? 0x660 + c - '0' : i % 3 == 1 ? 0xFF10 + c - '0' : c);
    }
    return out.toString();
  }

  private static String base32(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    int held = 0;
    int bits = 0;
    for (byte b : bytes) {
      held = held << 8 | b & 0xFF;
      for (bits += 8; bits >= 5; bits -= 5) {
        out.append(BASE32.charAt(held >> bits - 5 & 31));
      }
    }
    if (bits > 0) {
      out.append(BASE32.charAt(held << 5 - bits & 31));
    }
    while (out.length() % 8 != 0) {
      out.append('=');
    }
    return out.toString();
  }

  private static String between(String text, String what) {
    return text.chars().mapToObj(Character::toString).collect(Collectors.joining(what));
  }

  private static String digits(String text, IntFunction<String> as) {
    return each(text, c -> Character.isDigit(c) ? as.apply(c - '0') : Character.toString(c));
  }

  private static String each(String text, IntFunction<String> as) {
    return text.codePoints().mapToObj(as).collect(Collectors.joining());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
