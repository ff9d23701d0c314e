package io.tidegate.classify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of text to scan and what the gate saw in it: words of the lexicon, digit runs, at-signs, long encoded runs. Reused from piece to
 * piece of one request; confined to the thread that runs the scan.
 */
final class Piece implements TextView {
  /** Context words count within this distance, on both sides. */
  static final int WINDOW = 30;

  private static final int[] NO_INTS = {};
  private static final long[] NO_LONGS = {};
  private static final int FIRST_CAPACITY = 16;

  char[] chars;
  int length;
  /** Flags of {@link CharClass} that occurred. */
  int seen;

  int[] hitStart = NO_INTS;
  int[] hitEnd = NO_INTS;
  long[] hitTopics = NO_LONGS;
  int[] hitTag = NO_INTS;
  int hits;
  /** All topics that occurred. */
  long topics;

  int[] digitStart = NO_INTS;
  int[] digitEnd = NO_INTS;
  int digitRuns;

  int[] at = NO_INTS;
  int ats;

  int[] encoded = NO_INTS;
  int encodedRuns;

  /** Where each character came from in the text this one was derived from; null for the request's own text. */
  int @Nullable [] origin;
  /** Where the text ended that this one was derived from; what the last character came from reaches to there. */
  int originLimit;

  Piece(int capacity) {
    chars = new char[capacity];
  }

  /** A piece over given characters, not yet gated. */
  static Piece of(char[] chars, int length) {
    Piece piece = new Piece(0);
    piece.chars = chars;
    piece.length = length;
    return piece;
  }

  private static int grown(int count) {
    return Math.max(FIRST_CAPACITY, count * 2);
  }

  /** Forgets what the gate saw; the text stays. */
  void forget() {
    hits = 0;
    topics = 0;
    digitRuns = 0;
    ats = 0;
    encodedRuns = 0;
    seen = 0;
  }

  void addHit(int start, int end, long bits, int tag) {
    if (hits == hitStart.length) {
      hitStart = Arrays.copyOf(hitStart, grown(hits));
      hitEnd = Arrays.copyOf(hitEnd, grown(hits));
      hitTopics = Arrays.copyOf(hitTopics, grown(hits));
      hitTag = Arrays.copyOf(hitTag, grown(hits));
    }
    hitStart[hits] = start;
    hitEnd[hits] = end;
    hitTopics[hits] = bits;
    hitTag[hits++] = tag;
    topics |= bits;
  }

  void addDigits(int start, int end) {
    if (digitRuns == digitStart.length) {
      digitStart = Arrays.copyOf(digitStart, grown(digitRuns));
      digitEnd = Arrays.copyOf(digitEnd, grown(digitRuns));
    }
    digitStart[digitRuns] = start;
    digitEnd[digitRuns++] = end;
  }

  void addAt(int position) {
    if (ats == at.length) {
      at = Arrays.copyOf(at, grown(ats));
    }
    at[ats++] = position;
  }

  void addEncoded(int start) {
    if (encodedRuns == encoded.length) {
      encoded = Arrays.copyOf(encoded, grown(encodedRuns));
    }
    encoded[encodedRuns++] = start;
  }

  /** Whether nothing here can interest a detector. */
  boolean quiet() {
    return hits == 0 && digitRuns == 0 && ats == 0;
  }

  /** Whether a word of one of {@code wanted} lies within {@link #WINDOW} of the span, on either side. */
  boolean near(long wanted, int start, int end) {
    return hit(wanted, start - WINDOW, end + WINDOW) >= 0;
  }

  /** Whether a word of one of {@code wanted} ends within {@code reach} before {@code start}. */
  boolean before(long wanted, int start, int reach) {
    return hit(wanted, start - reach, start + 1) >= 0;
  }

  /** Index of the first word of {@code wanted} that lies wholly in [from, to), or -1. */
  int hit(long wanted, int from, int to) {
    if ((topics & wanted) == 0) {
      return -1;
    }
    for (int i = firstHit(from); i < hits && hitStart[i] < to + 2; i++) {
      if ((hitTopics[i] & wanted) != 0 && hitStart[i] >= from && hitEnd[i] <= to) {
        return i;
      }
    }
    return -1;
  }

  /** Index of the last word of {@code wanted} that lies wholly in [from, to), or -1. */
  int lastHit(long wanted, int from, int to) {
    int found = -1;
    if ((topics & wanted) != 0) {
      for (int i = firstHit(from); i < hits && hitStart[i] < to + 2; i++) {
        if ((hitTopics[i] & wanted) != 0 && hitStart[i] >= from && hitEnd[i] <= to) {
          found = i;
        }
      }
    }
    return found;
  }

  /** Hits are in the order the gate met them, so their starts rise but for two characters. */
  private int firstHit(int from) {
    int low = 0;
    int high = hits;
    while (low < high) {
      int middle = low + high >>> 1;
      if (hitStart[middle] < from - 2) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Makes this piece a reading of {@code from}, its characters' places given in that piece's own. */
  Piece derivedFrom(Piece from, int[] places, int limit) {
    int[] base = from.origin;
    if (base != null) {
      for (int i = 0; i < length; i++) {
        places[i] = base[places[i]];
      }
    }
    origin = places;
    originLimit = from.sourceAt(limit);
    return this;
  }

  /** The place, in the text that was laid out, at which the character {@code at} begins; of the end, where it ended. */
  int sourceAt(int at) {
    int[] places = origin;
    return places == null ? at : at < length ? places[at] : originLimit;
  }

  /** First place, in the text that was laid out, of the characters [start, end). */
  int sourceStart(int start, int end) {
    int[] places = origin;
    return places == null ? start : Math.min(places[start], places[end - 1]);
  }

  /** End of that place: all of what the last character was written as, an escape whole. */
  int sourceEnd(int start, int end) {
    int[] places = origin;
    if (places == null) {
      return end;
    }
    if (places[start] > places[end - 1]) {
      return places[start] + 1;
    }
    int next = end;
    while (next < length && places[next] <= places[end - 1]) {
      next++;
    }
    return Math.max(places[end - 1] + 1, next < length ? places[next] : originLimit);
  }

  /** The character at {@code i}, or a space outside the text. */
  char peek(int i) {
    return i >= 0 && i < length ? chars[i] : ' ';
  }

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean letter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  static boolean upper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean alnum(char c) {
    return digit(c) || letter(c);
  }

  @Override
  public char[] array() {
    return chars;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index);
    }
    return chars[index];
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    if (start < 0 || end > length || start > end) {
      throw new IndexOutOfBoundsException(start);
    }
    return new String(chars, start, end - start);
  }

  /** The length only: the text is a request's (G3). */
  @Override
  public String toString() {
    return "Piece[" + length + " characters]";
  }
}
