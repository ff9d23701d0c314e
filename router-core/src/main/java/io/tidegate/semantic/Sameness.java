package io.tidegate.semantic;

/**
 * Whether two fingerprints ask the same: pure, and without any threshold. Every word that is not known to be empty must have its counterpart: itself, or
 * one of its group; in the same order, but for clauses that begin with the same preposition; nothing may be left over. So whatever a near miss changes
 * (a number, a name, a unit, a negation, an opposite, a time, who does it to whom) stands in the way by itself, whether or not anybody thought of it.
 */
public final class Sameness {
  /** The outcome of a comparison; closed, for counting. */
  public enum Outcome { SAME, LANGUAGE, KIND, TENSE, EXACT, WORDS, ORDER }

  private static final int MAX_SEGMENTS = 24;

  private Sameness() {}

  public static Outcome compare(Fingerprint one, Fingerprint other) {
    if (one.language != other.language) {
      return Outcome.LANGUAGE;
    }
    if (one.kind != other.kind || one.unit != other.unit && one.unit != 0 && other.unit != 0 || one.free != other.free
        || one.subject != other.subject && one.subject != 0 && other.subject != 0
        || one.auxiliary != other.auxiliary && one.auxiliary != 0 && other.auxiliary != 0 || one.commas != other.commas) {
      return Outcome.KIND;
    }
    if (contradicts(one.tense, other.tense)) {
      return Outcome.TENSE;
    }
    if (!java.util.Arrays.equals(one.exact, other.exact)) {
      return Outcome.EXACT;
    }
    if (one.terms() != other.terms() || !sameTerms(one, other)) {
      return Outcome.WORDS;
    }
    return one.free || inOrder(one, other) || bySegments(one, other) || byPossession(one, other) ? Outcome.SAME : Outcome.ORDER;
  }

  /** Past against present, or future against not. */
  private static boolean contradicts(byte one, byte other) {
    boolean pastOnly = (one & 2) != 0 && (one & 1) == 0;
    boolean presentOnly = (one & 1) != 0 && (one & 2) == 0;
    boolean otherPast = (other & 2) != 0 && (other & 1) == 0;
    boolean otherPresent = (other & 1) != 0 && (other & 2) == 0;
    return pastOnly && otherPresent || presentOnly && otherPast || (one & 4) != (other & 4);
  }

  private static boolean match(Fingerprint one, int i, Fingerprint other, int j) {
    return one.words[i] == other.words[j] || one.groups[i] == other.groups[j];
  }

  /** Each term of one has its own counterpart in the other. */
  private static boolean sameTerms(Fingerprint one, Fingerprint other) {
    boolean[] taken = new boolean[other.terms()];
    for (int i = 0; i < one.terms(); i++) {
      int found = -1;
      for (int j = 0; j < taken.length && found < 0; j++) {
        if (!taken[j] && match(one, i, other, j)) {
          found = j;
        }
      }
      if (found < 0) {
        return false;
      }
      taken[found] = true;
    }
    return true;
  }

  private static boolean inOrder(Fingerprint one, Fingerprint other) {
    for (int i = 0; i < one.terms(); i++) {
      if (!match(one, i, other, i) || !Grammar.alike(one.markers[i], other.markers[i])) {
        return false;
      }
    }
    return true;
  }

  /** Clauses with prepositions may stand elsewhere; the others keep their order. */
  private static boolean bySegments(Fingerprint one, Fingerprint other) {
    int segments = one.terms() == 0 ? 0 : one.segments[one.terms() - 1] + 1;
    if (segments < 2 || segments > MAX_SEGMENTS || segments != other.segments[other.terms() - 1] + 1) {
      return false;
    }
    boolean[] taken = new boolean[segments];
    int lastBare = -1;
    for (int s = 0; s < segments; s++) {
      int from = start(one, s);
      boolean bare = one.markers[from] == 0;
      int found = -1;
      for (int t = 0; t < segments && found < 0; t++) {
        if (!taken[t] && one.markers[from] == other.markers[start(other, t)] && sameSegment(one, from, other, start(other, t))) {
          found = t;
        }
      }
      if (found < 0 || bare && found < lastBare) {
        return false;
      }
      taken[found] = true;
      lastBare = bare ? found : lastBare;
    }
    return true;
  }

  private static int start(Fingerprint of, int segment) {
    int at = 0;
    while (of.segments[at] != segment) {
      at++;
    }
    return at;
  }

  private static boolean sameSegment(Fingerprint one, int i, Fingerprint other, int j) {
    short a = one.segments[i];
    short b = other.segments[j];
    while (i < one.terms() && one.segments[i] == a) {
      if (j >= other.terms() || other.segments[j] != b || !match(one, i, other, j)) {
        return false;
      }
      i++;
      j++;
    }
    return j >= other.terms() || other.segments[j] != b;
  }

  /** "The capital of France" as "France's capital": what comes after "of" or "in" put before what it belongs to. */
  private static boolean byPossession(Fingerprint one, Fingerprint other) {
    int[] first = possessed(one);
    int[] second = possessed(other);
    for (int i = 0; i < first.length; i++) {
      if (!match(one, first[i], other, second[i]) || !belongs(one.markers[first[i]], other.markers[second[i]])) {
        return false;
      }
    }
    return true;
  }

  /** Prepositions that may stand for each other, or one that is told by the place alone. */
  private static boolean belongs(byte one, byte other) {
    return Grammar.alike(one, other) || one == 0 && possesses(other) || other == 0 && possesses(one);
  }

  private static boolean possesses(byte marker) {
    return marker == OF || marker == IN || marker == FOR;
  }

  private static final byte OF = Grammar.code("of");
  private static final byte FOR = Grammar.code("for");
  private static final byte IN = Grammar.code("in");

  private static int[] possessed(Fingerprint print) {
    int[] order = new int[print.terms()];
    int size = 0;
    int previous = 0;
    int at = 0;
    while (at < print.terms()) {
      int end = at;
      while (end < print.terms() && print.segments[end] == print.segments[at]) {
        end++;
      }
      boolean before = at > 0 && possesses(print.markers[at]);
      int into = before ? previous : size;
      System.arraycopy(order, into, order, into + end - at, size - into);
      for (int i = 0; i < end - at; i++) {
        order[into + i] = at + i;
      }
      size += end - at;
      previous = into;
      at = end;
    }
    return order;
  }
}
