package io.tidegate.reply;

import io.tidegate.model.Pseudonyms;
import io.tidegate.model.Pseudonyms.Pseudonym;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises one request's placeholders the way models write them: in any case, with the underscore escaped (Markdown, JSON), turned into a
 * hyphen or a space, or lost; and the code without its word. Immutable.
 */
final class Placeholders {
  private static final int ASCII = 128;

  private final Map<String, Pseudonym> byCode = new HashMap<>();
  private final Map<Character, List<String>> wordsByFirst = new HashMap<>();
  private final BitSet starts = new BitSet(ASCII);
  private final int codeLength;
  private final String nonce;

  Placeholders(Pseudonyms pseudonyms) {
    Set<String> words = new LinkedHashSet<>();
    String common = null;
    int length = 0;
    for (Pseudonym pseudonym : pseudonyms.list()) {
      byCode.put(pseudonym.code(), pseudonym);
      words.add(pseudonym.word());
      length = pseudonym.code().length();
      common = common == null ? pseudonym.code() : shared(common, pseudonym.code());
    }
    codeLength = length;
    nonce = common == null ? "" : common;
    for (String word : words) {
      wordsByFirst.computeIfAbsent(word.charAt(0), c -> new ArrayList<>()).add(word);
      start(word.charAt(0));
    }
    if (!nonce.isEmpty()) {
      start(nonce.charAt(0));
    }
  }

  /** What stands at a place. */
  enum Kind { NOTHING, NEEDS_MORE, PLACEHOLDER }

  /** One look's result; reused. */
  static final class Look {
    Kind kind = Kind.NOTHING;
    int end;
    @Nullable Pseudonym found;
  }

  private void start(char c) {
    starts.set(c);
    starts.set(Character.toLowerCase(c));
  }

  private static String shared(String a, String b) {
    int i = 0;
    while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return a.substring(0, i);
  }

  /** Whether a placeholder may begin with {@code c}. */
  boolean mayStart(char c) {
    return c < ASCII && starts.get(c);
  }

  /** Looks at {@code at}, where {@link #mayStart} holds. */
  void look(String text, int at, Look look) {
    look.kind = Kind.NOTHING;
    for (String word : wordsByFirst.getOrDefault(upper(text.charAt(at)), List.of())) {
      walk(text, at, word, look);
      if (look.kind == Kind.PLACEHOLDER) {
        return;
      }
    }
    if (!nonce.isEmpty() && upper(text.charAt(at)) == nonce.charAt(0)) {
      code(text, at, look);
    }
  }

  private void walk(String text, int from, String word, Look look) {
    int at = from;
    for (int i = 0; i <= word.length(); i++) {
      if (i == word.length() || word.charAt(i) == '_') {
        at = separator(text, at);
      }
      if (at >= text.length()) {
        look.kind = Kind.NEEDS_MORE;
        return;
      }
      if (i == word.length()) {
        code(text, at, look);
      } else if (word.charAt(i) != '_') {
        if (upper(text.charAt(at)) != word.charAt(i)) {
          return;
        }
        at++;
      }
    }
  }

  /** Behind what may stand for an underscore; the text's length if its end leaves that open. */
  private static int separator(String text, int from) {
    int at = from;
    while (at < text.length() && at - from < 2 && text.charAt(at) == '\\') {
      at++;
    }
    if (at > from && at < text.length() && (text.charAt(at) | 0x20) == 'u') {
      int length = Math.min("u005f".length(), text.length() - at);
      return text.regionMatches(true, at, "u005f", 0, length) ? at + length : from;
    }
    if (at < text.length()) {
      char c = text.charAt(at);
      return c == '_' || c == '-' || c == ' ' ? at + 1 : from;
    }
    return at;
  }

  private void code(String text, int from, Look look) {
    int end = from + codeLength;
    int known = Math.min(nonce.length(), text.length() - from);
    for (int i = 0; i < known; i++) {
      if (upper(text.charAt(from + i)) != nonce.charAt(i)) {
        return;
      }
    }
    if (end > text.length()) {
      look.kind = Kind.NEEDS_MORE;
      return;
    }
    Pseudonym found = byCode.get(upper(text, from, end));
    if (found != null) {
      look.kind = Kind.PLACEHOLDER;
      look.end = end;
      look.found = found;
    }
  }

  private static String upper(String text, int from, int to) {
    char[] out = new char[to - from];
    for (int i = from; i < to; i++) {
      out[i - from] = upper(text.charAt(i));
    }
    return new String(out);
  }

  private static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char) (c - 0x20) : c;
  }
}
