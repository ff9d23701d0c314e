package io.tidegate.semantic;

import org.jspecify.annotations.Nullable;

/** One piece of a question while it is being read. Immutable. */
final class Token {
  enum Kind {
    /** Letters. */
    WORD,
    /** A number, written in digits or in words. */
    NUMBER,
    /** What must be there to the letter: quoted text, code, addresses, symbols. */
    EXACT,
    /** Ideographs between two other things. */
    HAN,
    COMMA,
    /** The end of a sentence. */
    STOP,
    /** What follows is material, not question. */
    COLON
  }

  final Kind kind;
  /** As it stands, in lower case unless exact. */
  final String raw;
  /** Base form, or what a rule put in its place. */
  final String lemma;
  /** Written with a capital that no start of a sentence explains. */
  final boolean proper;
  final boolean gerund;
  final boolean plural;
  final boolean superlative;

  private Token(Kind kind, String raw, String lemma, boolean proper, boolean gerund, boolean plural, boolean superlative) {
    this.kind = kind;
    this.raw = raw;
    this.lemma = lemma;
    this.proper = proper;
    this.gerund = gerund;
    this.plural = plural;
    this.superlative = superlative;
  }

  static Token of(Kind kind, String raw) {
    return new Token(kind, raw, raw, false, false, false, false);
  }

  static Token word(String raw, String lemma, boolean proper, boolean gerund, boolean plural, boolean superlative) {
    return new Token(Kind.WORD, raw, lemma, proper, gerund, plural, superlative);
  }

  /** A word that a rule wrote. */
  static Token written(String lemma) {
    return new Token(Kind.WORD, lemma, lemma, false, false, false, false);
  }

  /** The same word, as a verb in its base form, or a superlative that says only how. */
  Token plain() {
    return new Token(kind, lemma, lemma, proper, false, plural, false);
  }

  /** The same, as one. */
  Token one() {
    return new Token(kind, raw, lemma, proper, gerund, false, superlative);
  }

  /** A verb that tells what is done to somebody. */
  static Token done(Token verb) {
    return new Token(verb.kind, verb.raw + "=", verb.lemma + "=", false, false, false, false);
  }

  boolean is(String base) {
    return kind == Kind.WORD && lemma.equals(base);
  }

  boolean isWord() {
    return kind == Kind.WORD;
  }

  /** Only whether there is one. */
  @Override
  public String toString() {
    return kind.name();
  }

  @Nullable String mark() {
    return kind == Kind.WORD && lemma.startsWith("@") ? lemma : null;
  }
}
