package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Chinese, in which nothing separates words: known ways of asking are brought to one form, known words to their group, and every other character
 * stands for itself. What is left must be equal, in the same order.
 */
final class Chinese {
  /** Rules are regular expressions: their time is bounded by the length they see. */
  private static final int MAX_SENTENCE = 120;
  private static final String NUMERALS = "零〇一二三四五六七八九十百千万亿两";
  /** Stands for what is not Chinese inside a sentence. */
  private static final char FIRST_OTHER = '\uE000';

  private Chinese() {}

  static void read(List<Token> tokens, ChineseLexicon lexicon, Gathering to) {
    List<Token> others = new ArrayList<>();
    StringBuilder sentence = new StringBuilder();
    boolean first = true;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      switch (token.kind) {
        case HAN -> sentence.append(token.raw);
        case COMMA -> sentence.append('，');
        case STOP -> first = end(sentence, others, lexicon, to, first);
        case COLON -> {
          first = end(sentence, others, lexicon, to, first);
          // What follows is material.
          tokens.subList(i, tokens.size()).forEach(to::verbatim);
          return;
        }
        default -> {
          if (FIRST_OTHER + others.size() > '\uF000') {
            to.verbatim(token);
          } else {
            sentence.append((char) (FIRST_OTHER + others.size()));
            others.add(token);
          }
        }
      }
    }
    end(sentence, others, lexicon, to, first);
  }

  private static boolean end(StringBuilder sentence, List<Token> others, ChineseLexicon lexicon, Gathering to, boolean first) {
    if (sentence.isEmpty()) {
      return first;
    }
    String asked = sentence.toString();
    sentence.setLength(0);
    if (!first) {
      to.boundary();
    }
    String turned = asked.length() > MAX_SENTENCE ? asked : lexicon.turned(asked);
    String mark = "@none";
    int at = 0;
    if (turned.startsWith("@")) {
      at = 1;
      while (at < turned.length() && (turned.charAt(at) >= 'a' && turned.charAt(at) <= 'z' || turned.charAt(at) == '=')) {
        at++;
      }
      mark = turned.substring(0, at);
    }
    to.kind(mark, first);
    if (mark.equals("@far")) {
      to.free();
    }
    boolean writes = turned.startsWith("翻译", at) || turned.contains("翻译");
    while (at < turned.length()) {
      char c = turned.charAt(at);
      if (c >= FIRST_OTHER && c < FIRST_OTHER + others.size()) {
        to.term(others.get(c - FIRST_OTHER), false, false);
        at++;
      } else if (c == '，' || c == '~') {
        at++;
      } else {
        at = word(turned, at, lexicon, writes, to);
      }
    }
    return false;
  }

  private static int word(String text, int at, ChineseLexicon lexicon, boolean strict, Gathering to) {
    int length = lexicon.longest(text, at);
    String word = text.substring(at, at + length);
    if (length == 1 && NUMERALS.indexOf(word.charAt(0)) >= 0) {
      int end = at;
      while (end < text.length() && NUMERALS.indexOf(text.charAt(end)) >= 0 && !(end > at && lexicon.longest(text, end) > 1)) {
        end++;
      }
      to.term(Token.of(Kind.NUMBER, ChineseNumber.value(text.substring(at, end))), false, false);
      return end;
    }
    String group = strict ? word : lexicon.group(word);
    if (!group.isEmpty()) {
      to.raw("h:" + word, "h:" + group);
    }
    return at + length;
  }
}
