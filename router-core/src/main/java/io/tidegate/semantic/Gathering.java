package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A fingerprint in the making. Confined to one reading. */
final class Gathering {
  private final Lexicon lexicon;
  private final KeyedHash hash;
  private long[] exact = new long[4];
  private int exacts;
  private long[] words = new long[16];
  private long[] groups = new long[16];
  private byte[] markers = new byte[16];
  private short[] segments = new short[16];
  private int terms;
  private short segment;
  private byte marker;
  private boolean fresh;
  private @Nullable String kind;
  private String unit = "";
  private boolean free;
  private boolean meaning;
  private boolean timeless;
  private byte auxiliary;
  private boolean commas;
  private @Nullable String subject;

  Gathering(Lexicon lexicon, KeyedHash hash) {
    this.lexicon = lexicon;
    this.hash = hash;
  }

  /** How the sentence asks. Of a further sentence it is a term like others. */
  void kind(String mark, boolean first) {
    if (first) {
      kind = switch (mark) {
        case "@year", "@day", "@time" -> "@when";
        case "@city", "@country" -> "@where";
        case "@none" -> "@what";
        default -> mark;
      };
      unit = switch (mark) {
        case "@year", "@day", "@time", "@city", "@country" -> mark;
        default -> "";
      };
    } else {
      raw("k:" + mark, "k:" + mark);
    }
  }

  void rekind(String mark, boolean first) {
    if (first) {
      kind = mark;
    }
  }

  /** Be, do or have, by which the first sentence asks; empty for none. */
  void auxiliary(String name, boolean first) {
    if (first) {
      auxiliary = (byte) switch (name) {
        case "be" -> 1;
        case "do" -> 2;
        case "have" -> 3;
        default -> 0;
      };
    }
  }

  void comma() {
    commas = true;
  }

  void subject(String who) {
    subject = who;
  }

  /** Terms may stand in any order. */
  void free() {
    free = true;
  }

  /** It asks what something means: as good as what it is, unless that is a matter for philosophers. */
  void meaning() {
    meaning = true;
  }

  /** Asks for something that was done once: whether it is told as past does not matter. */
  void timeless() {
    timeless = true;
  }

  /** A new sentence. */
  void boundary() {
    segment("");
    raw("s:.", "s:.");
    segment("");
  }

  /** What follows belongs to what was before by {@code preposition}; "" for by nothing. */
  void segment(String preposition) {
    if (!fresh || marker == 0 || !preposition.isEmpty()) {
      marker = Grammar.code(preposition);
    }
    fresh = true;
  }

  /** @param synonyms whether another word of its group would do @param counted whether one is not several */
  void term(Token token, boolean synonyms, boolean counted) {
    switch (token.kind) {
      case NUMBER -> raw("n:" + token.raw, "n:" + token.raw);
      case EXACT -> {
        exact(token.raw);
        raw("x:" + token.raw, "x:" + token.raw);
      }
      default -> {
        boolean cased = token.proper && Grammar.TWO_FACED.contains(token.raw);
        String face = cased ? "p:" : "w:";
        String tail = (token.superlative ? "+" : "") + (counted && token.plural ? "*" : "");
        String group = token.proper ? token.raw : synonyms ? grouped(token.lemma) : token.lemma;
        raw(face + token.raw, face + group + tail);
      }
    }
  }

  /** What is done to somebody stays so in every word of its group. */
  private String grouped(String lemma) {
    return lemma.endsWith("=") ? lexicon.group(lemma.substring(0, lemma.length() - 1)) + "=" : lexicon.group(lemma);
  }

  /** To the letter, order and all. */
  void verbatim(Token token) {
    if (token.kind != Kind.STOP && token.kind != Kind.COMMA) {
      exact("v:" + token.raw);
    }
  }

  private void exact(String text) {
    if (exacts == exact.length) {
      exact = Arrays.copyOf(exact, exacts * 2);
    }
    exact[exacts++] = hash.of(text);
  }

  void raw(String word, String group) {
    if (terms == words.length) {
      int more = terms * 2;
      words = Arrays.copyOf(words, more);
      groups = Arrays.copyOf(groups, more);
      markers = Arrays.copyOf(markers, more);
      segments = Arrays.copyOf(segments, more);
    }
    if (fresh && terms > 0) {
      segment++;
    }
    words[terms] = hash.of(word);
    groups[terms] = hash.of(group);
    markers[terms] = fresh ? marker : 0;
    segments[terms] = segment;
    fresh = false;
    marker = 0;
    terms++;
  }

  Fingerprint fingerprint(byte language, byte tense) {
    String asks = kind == null ? "@what" : kind;
    if (terms == 0 && exacts == 0 && kind != null) {
      // "What time is it": all of it is how it asks.
      raw("k:" + asks, "k:" + asks);
    }
    if (meaning && terms == 1 && groups[0] == hash.of("w:life")) {
      asks = "@mean";
    }
    
    return new Fingerprint(language, auxiliary, commas, timeless ? (byte) (tense & 4) : tense, hash.of(asks), unit.isEmpty() ? Fingerprint.NONE : hash.of(unit), free,
        subject == null ? Fingerprint.NONE : hash.of(subject), Arrays.copyOf(exact, exacts), Arrays.copyOf(words, terms), Arrays.copyOf(groups, terms),
        Arrays.copyOf(markers, terms), Arrays.copyOf(segments, terms));
  }
}
