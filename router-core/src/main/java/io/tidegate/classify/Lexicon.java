package io.tidegate.classify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All words the built-in detectors look for, found in one pass. Immutable after construction; shared by all threads.
 *
 * <p>A word is found through its first three characters (a bitmap over folded trigrams, the gate's fast path) or, if it starts outside
 * ASCII, through its first character's flag in the class table; then it is compared.
 */
final class Lexicon {
  /** The built-in words. */
  static final Lexicon BUILT_IN = new Lexicon(Packs.BUILT_IN.words(), Packs.BUILT_IN.tokens().stream().map(TokenForm::prefix).toList());

  private static final int TRIGRAM_MASK = 0x7fff;

  final int[] classes;
  final long[] trigrams = new long[(TRIGRAM_MASK + 1) / 64];
  /** Trigrams that may begin a word in the middle of another. */
  private final long[] inner = new long[(TRIGRAM_MASK + 1) / 64];
  /** Classes that the fourth character may have, as a set, by trigram. */
  private final int[] fourth = new int[TRIGRAM_MASK + 1];
  /** Longest word, in characters. */
  final int longest;

  private final char[][] words;
  private final long[] topics;
  private final boolean[] openLeft;
  private final boolean[] openRight;
  private final int[] tags;
  private final short[] firstByTrigram = new short[TRIGRAM_MASK + 1];
  private final short[] firstByWide = new short[1 << 12];
  private final short[] nodeWord;
  private final short[] nodeNext;
  /** Classes that the fourth character may have, as a set, by node. */
  private final int[] nodeFourth;
  private int nodes;

  /**
   * @param byTopic words; {@code ~} at an end means that letters may follow there. Three or more characters if the first is ASCII
   * @param prefixes token prefixes of vendors; a hit's tag is the prefix's index
   */
  Lexicon(Map<Topic, List<String>> byTopic, List<String> prefixes) {
    Map<String, Long> sets = new LinkedHashMap<>();
    byTopic.forEach((topic, list) -> list.forEach(word -> sets.merge(word, topic.bit(), (a, b) -> a | b)));
    List<String> texts = new ArrayList<>(sets.keySet());
    int vendorsFrom = texts.size();
    texts.addAll(prefixes);
    int count = texts.size();
    words = new char[count][];
    topics = new long[count];
    openLeft = new boolean[count];
    openRight = new boolean[count];
    tags = new int[count];
    nodeWord = new short[3 * count + 1];
    nodeNext = new short[3 * count + 1];
    nodeFourth = new int[3 * count + 1];
    StringBuilder wideStarts = new StringBuilder();
    int max = 0;
    for (int i = 0; i < count; i++) {
      String text = texts.get(i);
      boolean vendor = i >= vendorsFrom;
      openLeft[i] = vendor || text.startsWith("~");
      openRight[i] = vendor || text.endsWith("~");
      topics[i] = vendor ? Topic.VENDOR.bit() : sets.get(text);
      tags[i] = vendor ? i - vendorsFrom : -1;
      words[i] = (vendor ? text : text.replace("~", "")).toLowerCase(Locale.ROOT).toCharArray();
      max = Math.max(max, words[i].length);
      if (words[i].length < 3 && words[i][0] < 0x80) {
        throw new IllegalArgumentException("word is too short for the trigram table: " + text);
      }
      if (words[i][0] >= 0x80) {
        wideStarts.append(words[i][0]);
      }
    }
    longest = max;
    classes = CharClass.table(wideStarts);
    for (int i = 0; i < count; i++) {
      char[] word = words[i];
      if (word[0] >= 0x80) {
        link(firstByWide, wideSlot(word[0]), i, -1);
      } else {
        char[] start = {word[0], word[1], word[2]};
        int space = start[1] == ' ' ? 1 : start[2] == ' ' ? 2 : -1;
        for (char stand : space < 0 ? new char[] {start[0]} : new char[] {' ', '-', '_'}) {
          start[Math.max(space, 0)] = stand;
          int code = (classes[start[0]] & 31) << 10 | (classes[start[1]] & 31) << 5 | classes[start[2]] & 31;
          int fits = word.length == 3 || word[3] == ' ' ? -1 : 1 << (classes[word[3]] & 31);
          link(firstByTrigram, code, i, fits);
          trigrams[code >> 6] |= 1L << code;
          inner[code >> 6] |= openLeft[i] && i < vendorsFrom ? 1L << code : 0;
          fourth[code] |= fits;
        }
      }
    }
  }

  private void link(short[] first, int slot, int word, int fits) {
    nodes++;
    nodeFourth[nodes] = fits;
    nodeWord[nodes] = (short) word;
    nodeNext[nodes] = first[slot];
    first[slot] = (short) nodes;
  }

  private static int wideSlot(char c) {
    return (c ^ c >> 7) & 0xfff;
  }

  /** Adds every word that starts at {@code at}, which is not one of the last two characters, in ASCII. */
  void asciiAt(Piece piece, int at) {
    char[] a = piece.chars;
    int first = classes[a[at]];
    int trigram = (first & 31) << 10 | (classes[a[at + 1]] & 31) << 5 | classes[a[at + 2]] & 31;
    int insideWord = (at > 0 ? first & classes[a[at - 1]] : 0) >>> CharClass.LOWER_BIT;
    int next = at + 3 < piece.length ? classes[a[at + 3]] & 31 : -1;
    int fits = next >= 0 ? fourth[trigram] >>> next : 1;
    // One branch for both: which of them says no is a toss-up.
    if ((fits & (~insideWord | (int) (inner[trigram >> 6] >>> trigram)) & 1) != 0) {
      match(piece, at, firstByTrigram[trigram], next);
    }
  }

  /** Adds every word that starts at {@code at} with a character outside ASCII. */
  void wideAt(Piece piece, int at) {
    match(piece, at, firstByWide[wideSlot(piece.chars[at])], -1);
  }

  /** @param next class of the fourth character; below 0 if it is not known */
  private void match(Piece piece, int at, int first, int next) {
    char[] a = piece.chars;
    int room = piece.length - at;
    for (int node = first; node != 0; node = nodeNext[node]) {
      if (next >= 0 && (nodeFourth[node] >>> next & 1) == 0) {
        continue;
      }
      int index = nodeWord[node];
      char[] word = words[index];
      if (word.length <= room && same(a, at, word) && bounded(a, piece.length, at, index)) {
        piece.addHit(at, at + word.length, topics[index], tags[index]);
      }
    }
  }

  private static boolean same(char[] a, int at, char[] word) {
    for (int i = 0; i < word.length; i++) {
      char c = a[at + i];
      if (c != word[i] && (c < 'A' || c > 'Z' || (c | 0x20) != word[i])) {
        // One space in a word stands for a hyphen, an underscore or nothing visible as well.
        if (word[i] != ' ' || c != '_' && c != '-' && c != '\n') {
          return false;
        }
      }
    }
    return true;
  }

  private boolean bounded(char[] a, int length, int at, int word) {
    int end = at + words[word].length;
    boolean left = openLeft[word] || at == 0 || !letter(a[at]) || !letter(a[at - 1]) || upper(a[at]) && !upper(a[at - 1]);
    if (!left) {
      return false;
    }
    return openRight[word] || end >= length || !letter(a[end - 1]) || !letter(a[end]) || upper(a[end]) && !upper(a[end - 1])
        || (a[end] | 0x20) == 's' && (end + 1 >= length || !letter(a[end + 1]));
  }

  private static boolean letter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  private static boolean upper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
