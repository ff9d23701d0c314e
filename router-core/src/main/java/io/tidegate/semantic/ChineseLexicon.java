package io.tidegate.semantic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the guards know of Chinese, from {@code zh.txt}. Immutable. */
final class ChineseLexicon {
  private static final int LONGEST = 6;

  private record Turn(Pattern pattern, String replacement) {}

  private final List<String> opening = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  /** Word → what stands for it; "" for nothing. */
  private final Map<String, String> words = new HashMap<>();
  private final Set<String> whole = new HashSet<>();

  ChineseLexicon(List<String> lines) {
    String section = "";
    for (String line : lines) {
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line;
        continue;
      }
      switch (section) {
        case "[open]" -> opening.addAll(List.of(line.split(" ")));
        case "[rules]" -> {
          int arrow = line.lastIndexOf(" =>");
          turns.add(new Turn(Pattern.compile(line.substring(0, arrow)), line.substring(arrow + 3).strip()));
        }
        case "[groups]" -> {
          String[] group = line.split(" ");
          for (String word : group) {
            if (words.putIfAbsent(word, group[0]) != null) {
              throw new IllegalStateException("zh.txt: a word is in two groups: " + word);
            }
          }
        }
        case "[drop]" -> {
          for (String word : line.split(" ")) {
            int equals = word.indexOf('=');
            words.putIfAbsent(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
          }
        }
        default -> whole.addAll(List.of(line.split(" ")));
      }
    }
    // Longest first, so that a longer opening is not cut by a shorter one.
    opening.sort((a, b) -> b.length() - a.length());
  }

  String turned(String sentence) {
    String now = sentence;
    for (boolean changed = true; changed; ) {
      changed = false;
      for (String open : opening) {
        if (now.startsWith(open) && now.length() > open.length()) {
          now = now.substring(open.length());
          changed = true;
        }
      }
    }
    for (Turn turn : turns) {
      if (now.startsWith("@") && turn.pattern.pattern().indexOf('@') < 0) {
        // What kind of question it is has been found out: rules that do not speak of kinds are for those of which it has not.
        continue;
      }
      Matcher matcher = turn.pattern.matcher(now);
      if (matcher.find()) {
        now = matcher.replaceFirst(turn.replacement);
      }
    }
    return now;
  }

  /** Length of the longest word of the lexicon at {@code at}; 1 if there is none. */
  int longest(String text, int at) {
    for (int length = Math.min(LONGEST, text.length() - at); length > 1; length--) {
      String word = text.substring(at, at + length);
      if (words.containsKey(word) || whole.contains(word)) {
        return length;
      }
    }
    return 1;
  }

  /** What stands for a word; "" for nothing. */
  String group(String word) {
    return words.getOrDefault(word, word);
  }

  boolean isWhole(String word) {
    return whole.contains(word);
  }
}
