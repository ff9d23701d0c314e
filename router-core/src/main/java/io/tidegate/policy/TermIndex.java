package io.tidegate.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A dictionary searched in one pass, whatever the case of the letters. With {@code words}, a term that begins or ends with an ASCII letter
 * or digit must not
 * continue in one there (Han is written without spaces, so it has no such border). Immutable.
 */
final class TermIndex {
  private static final int FOLDED = 128;

  private final boolean words;
  private final String[][] ascii = new String[FOLDED][];
  private final Map<Character, String[]> others = new HashMap<>();

  /** Takes a place. */
  interface Places {
    void at(int start, int end);
  }

  /** @param terms not blank */
  TermIndex(Collection<String> terms, boolean words) {
    this.words = words;
    Map<Character, List<String>> byFirst = new HashMap<>();
    for (String term : terms) {
      StringBuilder folded = new StringBuilder();
      for (int i = 0; i < term.length(); i++) {
        folded.append(fold(term.charAt(i)));
      }
      byFirst.computeIfAbsent(folded.charAt(0), c -> new ArrayList<>()).add(folded.toString());
    }
    byFirst.forEach((first, list) -> {
      list.sort((a, b) -> Integer.compare(b.length(), a.length()));
      String[] longestFirst = list.toArray(new String[0]);
      if (first < FOLDED) {
        ascii[first] = longestFirst;
      } else {
        others.put(first, longestFirst);
      }
    });
  }

  /** Reports the places of terms, the longest at each place; they do not overlap. */
  void find(CharSequence text, Places places) {
    int i = 0;
    while (i < text.length()) {
      int end = matchAt(text, i, text.length());
      if (end > i) {
        places.at(i, end);
        i = end;
      } else {
        i++;
      }
    }
  }

  /** Whether a term lies within {@code text[from, to)}. */
  boolean occursIn(CharSequence text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (matchAt(text, i, to) > i) {
        return true;
      }
    }
    return false;
  }

  private int matchAt(CharSequence text, int at, int to) {
    char first = fold(text.charAt(at));
    String[] candidates = first < FOLDED ? ascii[first] : others.get(first);
    if (candidates == null) {
      return -1;
    }
    for (String term : candidates) {
      int end = at + term.length();
      if (end <= to && same(text, at, term) && (!words || bordered(text, at, end))) {
        return end;
      }
    }
    return -1;
  }

  private static boolean same(CharSequence text, int at, String term) {
    for (int k = 1; k < term.length(); k++) {
      if (fold(text.charAt(at + k)) != term.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  private static boolean bordered(CharSequence text, int start, int end) {
    return !(start > 0 && asciiWord(text.charAt(start)) && asciiWord(text.charAt(start - 1)))
        && !(end < text.length() && asciiWord(text.charAt(end - 1)) && asciiWord(text.charAt(end)));
  }

  private static boolean asciiWord(char c) {
    return c < FOLDED && Character.isLetterOrDigit(c);
  }

  private static char fold(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
