package io.tidegate.wire;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Random valid JSON texts with odd spacing, escapes, scripts and numbers. */
final class RandomJson {
  private static final String[] CHARS = {"a", "b", "Z", "0", " ", "/", "~", "é", "ß", "中", "文", "😀", "\\\"", "\\\\", "\\/", "\\n", "\\t", "\\b", "\\f",
      "\\r", "\\u0041", "\\u00e9", "\\u4E2D", "\\ud83d\\ude00", "\\u0000", "\u007f", "\u2028", "plain text of some length", "{", "]", ","};
  private static final String[] NUMBERS = {"0", "-0", "1", "-1", "42", "3.25", "-0.5", "1e3", "1E-2", "123456789", "1234567890123", "0.1e+2"};

  private final Random random;

  RandomJson(Random random) {
    this.random = random;
  }

  String text() {
    return space() + value(0) + space();
  }

  String value(int depth) {
    int kind = random.nextInt(depth > 5 ? 5 : 9);
    return switch (kind) {
      case 0 -> NUMBERS[random.nextInt(NUMBERS.length)];
      case 1 -> random.nextBoolean() ? "true" : "false";
      case 2 -> "null";
      case 3, 4 -> string();
      case 5, 6 -> array(depth);
      default -> object(depth);
    };
  }

  String string() {
    StringBuilder out = new StringBuilder("\"");
    for (int i = random.nextInt(12); i > 0; i--) {
      out.append(CHARS[random.nextInt(CHARS.length)]);
    }
    return out.append('"').toString();
  }

  private String array(int depth) {
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      items.add(space() + value(depth + 1) + space());
    }
    return "[" + (items.isEmpty() ? space() : String.join(",", items)) + "]";
  }

  private String object(int depth) {
    Set<String> names = new LinkedHashSet<>();
    int wanted = random.nextInt(10) == 0 ? 25 : random.nextInt(5);
    for (int i = 0; i < wanted; i++) {
      names.add("k" + i + (random.nextInt(3) == 0 ? CHARS[random.nextInt(CHARS.length)] : ""));
    }
    List<String> members = new ArrayList<>();
    for (String name : names) {
      members.add(space() + '"' + name + '"' + space() + ":" + space() + value(depth + 1) + space());
    }
    return "{" + (members.isEmpty() ? space() : String.join(",", members)) + "}";
  }

  private String space() {
    return switch (random.nextInt(8)) {
      case 0 -> " ";
      case 1 -> "\n\t";
      case 2 -> "\r\n ";
      default -> "";
    };
  }
}
