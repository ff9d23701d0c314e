package io.tidegate.upstream.dialect;

import org.jspecify.annotations.Nullable;

/**
 * Makes an upstream's error message fit for the caller (decisions 34, hazards B2, B3): one line of printable characters, at most {@value
 * #MAX_CHARS}, without what looks like a key or a URL's credentials.
 */
final class CleanMessage {
  static final int MAX_CHARS = 300;
  private static final int MAX_READ = 4 * MAX_CHARS;
  private static final int KEY_RUN = 32;
  private static final String MASK = "***";
  private static final String[] KEY_PREFIXES = {"sk-", "pk-", "rk-", "hf_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xox", "AKIA", "ASIA",
      "AIza", "eyJ", "Bearer:", "hvs."};
  private static final String[] KEY_NAMES = {"bearer", "basic", "api_key", "apikey", "api-key", "x-api-key", "authorization", "token", "password",
      "secret", "access_token"};

  private CleanMessage() {}

  /** Null if nothing readable is left. */
  static @Nullable String of(@Nullable String raw) {
    if (raw == null) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    String text = printable(raw);
    boolean masked = false;
    for (int at = 0; at < text.length(); ) {
      int end = at;
      while (end < text.length() && separates(text.charAt(end)) == separates(text.charAt(at))) {
        end++;
      }
      if (text.substring(at, end).contains("://")) {
        // A query holds what separates words elsewhere.
        while (end < text.length() && !endsUrl(text.charAt(end))) {
          end++;
        }
      }
      String word = text.substring(at, end);
      if (separates(text.charAt(at))) {
        out.append(word);
      } else if (masked || looksLikeKey(word)) {
        out.append(MASK);
        // "Bearer", "api_key" and the like: the next word is the secret.
        masked = masked && isKeyName(word);
      } else {
        out.append(withoutCredentials(word));
        masked = isKeyName(word) && namesValue(word, text, end);
      }
      at = end;
    }
    String clean = out.toString().strip();
    if (clean.length() > MAX_CHARS) {
      int cut = MAX_CHARS - 1;
      clean = clean.substring(0, Character.isHighSurrogate(clean.charAt(cut - 1)) ? cut - 1 : cut) + "…";
    }
    return clean.isEmpty() ? null : clean;
  }

  /** Control, format, private, unassigned characters and line breaks become spaces, runs of spaces one. */
  private static String printable(String raw) {
    StringBuilder out = new StringBuilder();
    raw.codePoints().limit(MAX_READ).forEach(point -> {
      boolean shown = switch (Character.getType(point)) {
        case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE, Character.UNASSIGNED, Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
        default -> true;
      };
      if (shown) {
        out.appendCodePoint(point);
      } else if (out.length() > 0 && out.charAt(out.length() - 1) != ' ') {
        out.append(' ');
      }
    });
    return out.toString();
  }

  private static boolean separates(char c) {
    return c == ' ' || c == '"' || c == '\'' || c == '`' || c == ',' || c == '(' || c == ')' || c == '<' || c == '>' || c == '{' || c == '}'
        || c == '=' || c == ';' || c == '[' || c == ']';
  }

  private static boolean endsUrl(char c) {
    return c == ' ' || c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' || c == ')';
  }

  /** "token" is a plain word too: only with {@code =} or {@code :} behind it does it name a value; "Bearer" always does. */
  private static boolean namesValue(String word, String text, int end) {
    return word.endsWith(":") || end < text.length() && text.charAt(end) == '=' || word.equalsIgnoreCase("bearer") || word.equalsIgnoreCase("basic");
  }

  private static boolean isKeyName(String word) {
    String name = word.endsWith(":") ? word.substring(0, word.length() - 1) : word;
    for (String known : KEY_NAMES) {
      if (known.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean looksLikeKey(String word) {
    for (String prefix : KEY_PREFIXES) {
      int at = word.indexOf(prefix);
      if (at >= 0 && word.length() - at > prefix.length() + 4 && (at == 0 || !Character.isLetterOrDigit(word.charAt(at - 1)))) {
        return true;
      }
    }
    int run = 0;
    boolean digit = false;
    boolean letter = false;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      boolean isDigit = c >= '0' && c <= '9';
      boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      run = isDigit || isLetter ? run + 1 : 0;
      digit = run > 0 && (isDigit || run > 1 && digit);
      letter = run > 0 && (isLetter || run > 1 && letter);
      if (run >= KEY_RUN && digit && letter) {
        return true;
      }
    }
    return false;
  }

  private static String withoutCredentials(String word) {
    int scheme = word.indexOf("://");
    if (scheme < 0) {
      return word;
    }
    int from = scheme + 3;
    int slash = word.indexOf('/', from);
    int at = word.lastIndexOf('@', slash < 0 ? word.length() : slash);
    String host = at < from ? word : word.substring(0, from) + MASK + word.substring(at);
    int query = host.indexOf('?');
    return query < 0 ? host : host.substring(0, query + 1) + MASK;
  }
}
