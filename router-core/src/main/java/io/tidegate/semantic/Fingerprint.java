package io.tidegate.semantic;

/**
 * What a question asks, as keyed hashes: enough to tell whether another asks the same, and no text (G3). Immutable.
 *
 * <p>A question is a kind (its language, how it asks, in what tense), the material that must be there to the letter, and a sequence of terms. A term is
 * a word as it stands and the group of words it belongs to; terms stand in segments, each after a preposition or none.
 */
public final class Fingerprint {
  static final long NONE = 0;

  final byte language;
  final byte tense;
  /** Whether it asks with be, do or have; 0 for none of them. */
  final byte auxiliary;
  final boolean commas;
  /** How it asks: equal, or alike by {@link Sameness}. */
  final long kind;
  final long unit;
  final boolean free;
  /** Who is asked or asks, where the kind has a subject; 0 for nobody. */
  final long subject;
  final long[] exact;
  final long[] words;
  final long[] groups;
  final byte[] markers;
  final short[] segments;

  Fingerprint(byte language, byte auxiliary, boolean commas, byte tense, long kind, long unit, boolean free, long subject, long[] exact, long[] words, long[] groups, byte[] markers,
      short[] segments) {
    this.language = language;
    this.tense = tense;
    this.auxiliary = auxiliary;
    this.commas = commas;
    this.kind = kind;
    this.unit = unit;
    this.free = free;
    this.subject = subject;
    this.exact = exact;
    this.words = words;
    this.groups = groups;
    this.markers = markers;
    this.segments = segments;
  }

  int terms() {
    return words.length;
  }

  /** What it weighs in memory, roughly. */
  int bytes() {
    return 120 + 8 * exact.length + 19 * words.length;
  }

  @Override
  public String toString() {
    return "Fingerprint[" + words.length + " terms]";
  }
}
