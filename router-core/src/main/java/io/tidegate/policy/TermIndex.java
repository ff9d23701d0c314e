package io.tidegate.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A dictionary searched in one pass, whatever the case of the letters. Immutable.
 *
 * <p>The borders of words are those of ASCII letters and digits: a term that begins or ends with one must not continue in one there. Han is
 * written without spaces, so it has no such border.
 */
final class TermIndex {
  private static final int FOLDED = 128;

  /** Separators between two words of a phrase; past it they are far apart. */
  private static final int MAX_GAP = 16;

  /** Stands in a folded phrase for what separates its words. */
  private static final char GAP = ' ';

  private final Match match;
  private final String[][] ascii = new String[FOLDED][];
  private final Map<Character, String[]> others = new HashMap<>();

  /** How a term must stand in the text. */
  enum Match {
    /** As it is, with borders. */
    WORD,
    /** As it is, anywhere. */
    SUBSTRING,
    /** Its words in order, with borders, and whatever separates words between them: spaces, line ends, hyphens, other punctuation. */
    PHRASE
  }

  /** Takes a place. */
  interface Places {
    void at(int start, int end);
  }

  /** @param terms not blank */
  TermIndex(Collection<String> terms, Match match) {
    this.match = match;
    Map<Character, List<String>> byFirst = new HashMap<>();
    for (String term : terms) {
      String folded = folded(term);
      if (!folded.isEmpty()) {
        byFirst.computeIfAbsent(folded.charAt(0), c -> new ArrayList<>()).add(folded);
      }
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

  private String folded(String term) {
    StringBuilder folded = new StringBuilder();
    for (int i = 0; i < term.length(); i++) {
      char c = fold(term.charAt(i));
      if (match != Match.PHRASE || !separates(c)) {
        folded.append(c);
      } else if (folded.length() > 0 && folded.charAt(folded.length() - 1) != GAP) {
        folded.append(GAP);
      }
    }
    if (match == Match.PHRASE && folded.length() > 0 && folded.charAt(folded.length() - 1) == GAP) {
      folded.setLength(folded.length() - 1);
    }
    return folded.toString();
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
      int end = match == Match.PHRASE ? phraseEnd(text, at, to, term) : at + term.length() <= to && same(text, at, term) ? at + term.length() : -1;
      if (end > 0 && (match == Match.SUBSTRING || bordered(text, at, end))) {
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

  /** Where the phrase that begins at {@code at} ends; -1 if it does not stand there. */
  private static int phraseEnd(CharSequence text, int at, int to, String term) {
    int i = at + 1;
    for (int k = 1; k < term.length(); k++) {
      char wanted = term.charAt(k);
      if (wanted == GAP) {
        int gap = i;
        while (i < to && i - gap < MAX_GAP && separates(text.charAt(i))) {
          i++;
        }
        // Words of letters need something between them; Han does not.
        if (i == gap && asciiWord(term.charAt(k - 1)) && asciiWord(term.charAt(k + 1))) {
          return -1;
        }
      } else if (i < to && fold(text.charAt(i)) == wanted) {
        i++;
      } else {
        return -1;
      }
    }
    return i;
  }

  private static boolean bordered(CharSequence text, int start, int end) {
    return !(start > 0 && asciiWord(text.charAt(start)) && asciiWord(text.charAt(start - 1)))
        && !(end < text.length() && asciiWord(text.charAt(end - 1)) && asciiWord(text.charAt(end)));
  }

  private static boolean separates(char c) {
    return !Character.isLetterOrDigit(c) && !Character.isSurrogate(c) && Character.getType(c) != Character.NON_SPACING_MARK;
  }

  private static boolean asciiWord(char c) {
    return c < FOLDED && Character.isLetterOrDigit(c);
  }

  private static char fold(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
