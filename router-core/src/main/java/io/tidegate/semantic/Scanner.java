package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts a question into tokens. Knows of no language but what script a letter belongs to. */
final class Scanner {
  private static final String OPENING = "\"“„«‘「『《〈`";
  private static final String CLOSING = "\"””»’」』》〉`";
  private static final String ENDS = ".?!;。？！；…";
  private static final String COMMAS = ",，、";
  private static final String COLONS = ":：";
  private static final String DASHES = "–—―";

  private final String text;
  private final Lexicon lexicon;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Scanner(String text, Lexicon lexicon) {
    this.text = text;
    this.lexicon = lexicon;
  }

  static List<Token> scan(String text, Lexicon lexicon) {
    Scanner scanner = new Scanner(text, lexicon);
    scanner.all();
    return scanner.tokens;
  }

  private void add(Kind kind, String raw) {
    tokens.add(Token.of(kind, raw));
  }

  private void all() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n' || c == '\r') {
        if (!text.substring(at).isBlank() && !tokens.isEmpty()) {
          add(Kind.COLON, ":");
        }
        at++;
      } else if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        at++;
      } else if (text.startsWith("```", at)) {
        quoted(at + 3, text.indexOf("```", at + 3), 3);
      } else if (opens(c)) {
        quoted(at + 1, closing(c), 1);
      } else if (isHan(c)) {
        int start = at;
        while (at < text.length() && isHan(text.charAt(at))) {
          at++;
        }
        add(Kind.HAN, text.substring(start, at));
      } else if (punctuation(c)) {
        at++;
      } else {
        chunk();
      }
    }
  }

  private boolean opens(char c) {
    if (c == '\'') {
      return closing(c) > 0;
    }
    return OPENING.indexOf(c) >= 0;
  }

  /** Where what opens here is closed, or -1. An apostrophe closes only where no word goes on. */
  private int closing(char c) {
    if (c == '\'') {
      if (at > 0 && Character.isLetterOrDigit(text.charAt(at - 1))) {
        return -1;
      }
      for (int i = at + 1; i < text.length(); i++) {
        if (text.charAt(i) == '\'' && (i + 1 == text.length() || !Character.isLetterOrDigit(text.charAt(i + 1)))) {
          return i;
        }
      }
      return -1;
    }
    int which = OPENING.indexOf(c);
    int end = text.indexOf(CLOSING.charAt(which), at + 1);
    return end < 0 && c == '“' ? text.indexOf('"', at + 1) : end;
  }

  private void quoted(int from, int end, int width) {
    if (end < 0) {
      add(Kind.EXACT, text.substring(at, from));
      at = from;
      return;
    }
    String inside = text.substring(from, end).strip();
    // A full stop inside the quotes that ends the sentence is not part of what is quoted.
    add(Kind.EXACT, inside.endsWith(".") || inside.endsWith("?") || inside.endsWith(",") ? inside.substring(0, inside.length() - 1) : inside);
    at = end + width;
  }

  private boolean punctuation(char c) {
    if (COMMAS.indexOf(c) >= 0 || DASHES.indexOf(c) >= 0) {
      add(Kind.COMMA, ",");
    } else if (COLONS.indexOf(c) >= 0) {
      add(Kind.COLON, ":");
    } else if (ENDS.indexOf(c) >= 0 && (c != '.' || at + 1 == text.length() || !Character.isLetterOrDigit(text.charAt(at + 1)))) {
      add(Kind.STOP, ".");
    } else {
      return c == '(' || c == ')' || c == '（' || c == '）';
    }
    return true;
  }

  /** Everything up to the next blank, ideograph or quotation. */
  private void chunk() {
    int start = at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at)) && !Character.isSpaceChar(text.charAt(at)) && !isHan(text.charAt(at))
        && "“”„«»「」『』《》〈〉\"`，。？！：；、（）–—―…".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == start) {
      add(Kind.EXACT, text.substring(at, ++at));
      return;
    }
    int end = at;
    boolean paired = text.indexOf('(', start) >= 0 && text.indexOf('(', start) < end || text.indexOf('[', start) >= 0 && text.indexOf('[', start) < end;
    while (end > start + 1 && (",.;:!?".indexOf(text.charAt(end - 1)) >= 0 || text.charAt(end - 1) == ')' && !paired)) {
      end--;
    }
    String chunk = text.substring(start, end);
    String tail = text.substring(end, at);
    boolean dotted = dotted(chunk, tail);
    word(dotted ? chunk.replace(".", "") : chunk);
    if (dotted && tail.startsWith(".")) {
      tail = tail.substring(1);
    }
    for (int i = 0; i < tail.length(); i++) {
      char c = tail.charAt(i);
      if (c != ')') {
        add(c == ',' ? Kind.COMMA : c == ':' ? Kind.COLON : Kind.STOP, String.valueOf(c));
      }
    }
  }

  /** Letters with a full stop after each: U.S., p.m. */
  private static boolean dotted(String chunk, String tail) {
    if (chunk.length() < 3 || !tail.startsWith(".") && chunk.length() < 3) {
      return false;
    }
    for (int i = 0; i < chunk.length(); i++) {
      if (i % 2 == 0 ? !Character.isLetter(chunk.charAt(i)) : chunk.charAt(i) != '.') {
        return false;
      }
    }
    return chunk.length() % 2 == 1;
  }

  private void word(String chunk) {
    if (Numbers.read(chunk, tokens)) {
      return;
    }
    boolean letters = true;
    int inner = 0;
    for (int i = 0; i < chunk.length(); i++) {
      char c = chunk.charAt(i);
      if (!Character.isLetter(c)) {
        letters &= (c == '\'' || c == '’' || c == '-') && i > 0 && i < chunk.length() - 1;
      } else if (i > 0 && Character.isUpperCase(c) && Character.isLowerCase(chunk.charAt(i - 1))) {
        inner++;
      }
    }
    boolean possessive = chunk.endsWith("s'") && chunk.length() > 2;
    String lower = chunk.toLowerCase(Locale.ROOT).replace('’', '\'');
    if (possessive) {
      English.word(chunk.substring(0, chunk.length() - 1), starts(), lexicon, tokens);
      tokens.add(Token.written("'s"));
    } else if (!letters || inner > 0 && Character.isLowerCase(chunk.charAt(0))) {
      // What begins in lower case and goes on in capitals is code; the rest is names that people write as they like.
      add(Kind.EXACT, inner > 0 && Character.isLowerCase(chunk.charAt(0)) || !Character.isLetter(chunk.charAt(0)) ? chunk : lower);
    } else if (lower.indexOf('-') > 0 && !lexicon.knows(lower)) {
      for (String part : chunk.split("-")) {
        if (!part.isEmpty()) {
          English.word(part, starts(), lexicon, tokens);
        }
      }
    } else {
      English.word(chunk.replace('’', '\''), starts(), lexicon, tokens);
    }
  }

  /** Whether the next word begins a sentence, so that its capital says nothing. */
  private boolean starts() {
    if (tokens.isEmpty()) {
      return true;
    }
    Kind last = tokens.get(tokens.size() - 1).kind;
    return last == Kind.STOP || last == Kind.COLON;
  }

  static boolean isHan(char c) {
    return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c == '〇';
  }
}
