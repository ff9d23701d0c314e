package io.tidegate.classify;

import java.text.Normalizer;

/**
 * What a character looks like to a reader (hazard A11): compatibility forms (NFKD) without marks, digits of every script as ASCII digits, dashes and
 * spaces as ASCII ones, nothing for characters that cannot be seen. Letters of other scripts stay; {@link #lookalike} says which pass for
 * Latin ones.
 */
final class Folding {
  // Own table: the letters that common fonts draw like Latin ones. Pairs: form, Latin letter.
  private static final String LOOKALIKES = "АAВBЕEЗ3КKМMНHОOРPСCТTУYХXЅSІIЈJаaеeоoрpсcуyхxѕsіiјjһhԁdԛqԝwкkмmнhтtвbгrпnѵvӏl"
      + "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXαaοoρpνvιiκkυuγyτtεe";

  private static final char[] SINGLE = singles();

  private Folding() {}

  /** The folded form of every character of the basic plane that folds to one character; 0 where it folds to none or several. */
  private static char[] singles() {
    char[] table = new char[1 << 16];
    for (int c = 0; c < table.length; c++) {
      // Scripts without compatibility forms of Latin letters or digits are left alone, which keeps the start short.
      boolean foreign = c >= 0x370 && c < 0x1d00 || c >= 0x1e00 && c < 0x2000 || c >= 0xa000 && c < 0xac00;
      boolean plain = c < 0x80 || c >= 0x2190 && c < 0x2440 || c >= 0x2500 && c < 0x2770 || c >= 0x2794 && c < 0x2c60 || c >= 0x2c80 && c < 0x3000 || c >= 0x3400 && c < 0xa000
          || c >= 0xac00 && c < 0xfb00 || foreign && Character.digit(c, 10) < 0 && !mark(c) && !invisible(c);
      String form = plain ? "" : fold(c);
      table[c] = plain ? (char) c : form.length() == 1 ? form.charAt(0) : 0;
    }
    return table;
  }

  /** The folded form of {@code c} if it is one character, else 0. */
  static char single(char c) {
    return SINGLE[c];
  }

  /** Whether {@link #fold} gives something other than {@code c} itself, or {@code c} may pass for a Latin letter. */
  static boolean changes(char c) {
    return lookalike(c) != 0 || SINGLE[c] != c && !accented(c);
  }

  /** Accented Latin letters and the like are common and hide nothing: not worth a view by themselves. */
  private static boolean accented(char c) {
    return c < 0x250 && Character.isLetter(c) || c >= 0x1e00 && c <= 0x1fff || c >= 0x2018 && c <= 0x2027 || c == 0xb4 || c == 0xa8 || c == 0xaf
        || c == 0xb8 || c == 0x2122 || c == 0xae || c == 0xb5 || c == 0x2030 || c == 0x2033 || c == 0x2032;
  }

  /** The Latin letter or digit that {@code c} is drawn like, or 0. */
  static char lookalike(char c) {
    if (c < 0x391 || c > 0x51d) {
      return 0;
    }
    for (int i = 0; i < LOOKALIKES.length(); i += 2) {
      if (LOOKALIKES.charAt(i) == c) {
        return LOOKALIKES.charAt(i + 1);
      }
    }
    return 0;
  }

  /** Zero-width, bidi, tag, variation selector, soft hyphen, fillers, controls. */
  static boolean invisible(int cp) {
    return cp == 0xad || cp == 0x34f || cp == 0x61c || cp == 0x115f || cp == 0x1160 || cp == 0x17b4 || cp == 0x17b5 || cp >= 0x180b && cp <= 0x180f
        || cp >= 0x200b && cp <= 0x200f || cp >= 0x202a && cp <= 0x202e || cp >= 0x2060 && cp <= 0x206f || cp == 0x3164 || cp >= 0xfe00 && cp <= 0xfe0f
        || cp == 0xfeff || cp == 0xffa0 || cp >= 0xfff0 && cp <= 0xfffb || cp >= 0xe0000 && cp <= 0xe0fff || cp >= 0x1d173 && cp <= 0x1d17a
        || cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r' || cp >= 0x7f && cp <= 0x9f || cp == 0x2800;
  }

  /** A mark that sits on the letter before it. */
  static boolean mark(int cp) {
    int type = Character.getType(cp);
    return cp >= 0x300 && (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK);
  }

  /** The folded form; may be empty or several characters. One code point at a time, so that hostile runs of marks cost nothing extra. */
  static String fold(int cp) {
    if (invisible(cp)) {
      return "";
    }
    if (cp < 0x80) {
      return String.valueOf((char) cp);
    }
    int digit = Character.digit(cp, 10);
    if (digit >= 0) {
      return String.valueOf((char) ('0' + digit));
    }
    if (mark(cp)) {
      return "";
    }
    if (cp < 0x10000 && CharClass.isDash((char) cp)) {
      return cp == 0x30fc ? "\u30fc" : "-";
    }
    if (cp < 0x10000 && CharClass.isSpace((char) cp)) {
      return " ";
    }
    if (cp >= 0xac00 && cp <= 0xd7a3 || cp >= 0x3040 && cp <= 0x30ff || cp >= 0x4e00 && cp <= 0x9fff) {
      return Character.toString(cp);
    }
    int enclosed = enclosedDigit(cp);
    if (enclosed >= 0) {
      return String.valueOf((char) ('0' + enclosed));
    }
    if (cp >= 0x1f130 && cp <= 0x1f189) {
      int letter = (cp - 0x1f130) % 0x20;
      return letter < 26 ? String.valueOf((char) ('A' + letter)) : "";
    }
    if (cp >= 0x1f1e6 && cp <= 0x1f1ff) {
      return String.valueOf((char) ('A' + cp - 0x1f1e6));
    }
    return withoutMarks(Normalizer.normalize(Character.toString(cp), Normalizer.Form.NFKD));
  }

  /** Circled, parenthesised and dingbat digits, which NFKD leaves alone or wraps in brackets; -1 if none. */
  private static int enclosedDigit(int cp) {
    if (cp >= 0x2460 && cp <= 0x2468 || cp >= 0x2474 && cp <= 0x247c || cp >= 0x2488 && cp <= 0x2490) {
      return (cp - 0x2460) % 20 + 1;
    }
    if (cp >= 0x2776 && cp <= 0x277e || cp >= 0x2780 && cp <= 0x2788 || cp >= 0x278a && cp <= 0x2792) {
      return (cp - 0x2776) % 10 + 1;
    }
    if (cp >= 0x24f5 && cp <= 0x24fd) {
      return cp - 0x24f4;
    }
    return cp == 0x24ea || cp == 0x24ff ? 0 : -1;
  }

  private static String withoutMarks(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length();) {
      int cp = text.codePointAt(i);
      int digit = Character.digit(cp, 10);
      if (digit >= 0) {
        out.append((char) ('0' + digit));
      } else if (!mark(cp) && !invisible(cp)) {
        out.appendCodePoint(cp);
      }
      i += Character.charCount(cp);
    }
    return out.toString();
  }
}
