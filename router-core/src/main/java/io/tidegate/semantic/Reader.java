package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a question into its {@link Fingerprint}. Pure; thread-safe. */
public final class Reader {
  /** Longer texts are asked of the origin: what they ask is not told by their words alone. */
  public static final int MAX_CHARS = 2_000;
  static final int MAX_TERMS = 200;
  private static final int MAX_FRAMES = 6;
  private static final Set<String> AUXILIARIES = Set.of("be", "do", "have");
  private static final Set<String> SUBJECTS = Set.of("i", "you", "we", "one");

  static final byte ENGLISH = 1;
  static final byte CHINESE = 2;
  static final byte OTHER = 3;

  private final Lexicon lexicon;
  private final KeyedHash hash;

  /** @param k0 with {@code k1} the key of the process */
  public Reader(Lexicon lexicon, long k0, long k1) {
    this.lexicon = lexicon;
    this.hash = new KeyedHash(k0, k1);
  }

  /** Empty for a text that is too long, or says nothing. */
  public Optional<Fingerprint> read(String text) {
    if (text.length() > MAX_CHARS) {
      return Optional.empty();
    }
    String normal = Normalizer.normalize(text, Normalizer.Form.NFC);
    List<Token> tokens = Scanner.scan(normal, lexicon);
    Script script = Script.of(normal);
    Gathering gathering = new Gathering(lexicon, hash);
    byte language = switch (script) {
      case HAN -> CHINESE;
      case LATIN -> isEnglish(tokens) ? ENGLISH : OTHER;
      case OTHER -> OTHER;
    };
    switch (language) {
      case CHINESE -> Chinese.read(tokens, lexicon.chinese(), gathering);
      case ENGLISH -> english(tokens, gathering);
      default -> tokens.forEach(gathering::verbatim);
    }
    Fingerprint print = gathering.fingerprint(language, language == ENGLISH ? (byte) English.tense(tokens) : 0);
    return print.terms() + print.exact.length == 0 || print.terms() > MAX_TERMS ? Optional.empty() : Optional.of(print);
  }

  enum Script {
    LATIN, HAN, OTHER;

    /** Ideographs make a text Chinese unless kana or hangul stand among them; any other script, or many accents, make it neither. */
    static Script of(String text) {
      boolean han = false;
      boolean latin = true;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (Scanner.isHan(c)) {
          han = true;
        } else if (Character.isLetter(c) && c > 0x24F || Character.isSurrogate(c)) {
          latin = false;
        }
      }
      return !latin ? OTHER : han ? HAN : LATIN;
    }
  }

  /** Whether enough of its words are English ones that leaving some out means what it means in English. */
  private boolean isEnglish(List<Token> tokens) {
    int words = 0;
    int known = 0;
    for (Token token : tokens) {
      if (token.isWord()) {
        words++;
        known += lexicon.knows(token.raw) || lexicon.knows(token.lemma) || lexicon.form(token.raw) != null ? 1 : 0;
      } else if (token.kind == Kind.COLON) {
        break;
      }
    }
    return words > 0 && known * 4 >= words;
  }

  private void english(List<Token> tokens, Gathering to) {
    List<Token> question = tokens;
    List<Token> material = List.of();
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).kind == Kind.COLON) {
        question = tokens.subList(0, i);
        material = tokens.subList(i, tokens.size());
        break;
      }
    }
    List<List<Token>> sentences = sentences(question);
    wishThenHow(sentences);
    boolean first = true;
    for (List<Token> sentence : sentences) {
      Framed asked = frame(sentence);
      if (asked.tokens.isEmpty()) {
        continue;
      }
      if (!first) {
        to.boundary();
      }
      EnglishTerms.add(asked, lexicon, to, first);
      first = false;
    }
    material.forEach(to::verbatim);
  }

  private static List<List<Token>> sentences(List<Token> tokens) {
    List<List<Token>> sentences = new ArrayList<>();
    List<Token> now = new ArrayList<>();
    for (Token token : tokens) {
      if (token.kind == Kind.STOP) {
        if (!now.isEmpty()) {
          sentences.add(now);
        }
        now = new ArrayList<>();
      } else {
        now.add(token);
      }
    }
    if (!now.isEmpty()) {
      sentences.add(now);
    }
    return sentences;
  }

  /** "I want to do X. How do I do that?" asks how to do X. */
  private static void wishThenHow(List<List<Token>> sentences) {
    if (sentences.size() != 2) {
      return;
    }
    String wish = words(sentences.get(0));
    String how = words(sentences.get(1));
    if (how.matches("how (do|can|should|could|would) (i|we|you) (do|get|achieve|manage|go about) (that|it|this|so)")
        && wish.matches("(i|we) (want|need|wish|try|would like|be try) to .*")) {
      List<Token> sentence = sentences.get(0);
      int to = 0;
      while (!sentence.get(to).is("to")) {
        to++;
      }
      sentence.subList(0, to).clear();
      sentence.add(0, Token.written("how"));
      sentences.remove(1);
    }
  }

  private static String words(List<Token> sentence) {
    StringBuilder words = new StringBuilder();
    for (Token token : sentence) {
      if (token.isWord()) {
        words.append(words.isEmpty() ? "" : " ").append(token.lemma.toLowerCase(Locale.ROOT));
      }
    }
    return words.toString();
  }

  /**
   * A sentence without its frame.
   *
   * @param auxiliary be, do or have, which the frame took; empty if it took none, or if the sentence was turned so that it does not matter
   * @param subject i, you or we, which the frame took; empty for nobody
   */
  record Framed(List<Token> tokens, String auxiliary, String subject) {}

  private Framed frame(List<Token> sentence) {
    List<Token> tokens = new ArrayList<>(sentence);
    English.leadingClause(tokens);
    String auxiliary = null;
    String subject = "";
    for (int round = 0; round < MAX_FRAMES && !tokens.isEmpty(); round++) {
      if (tokens.get(0).kind == Kind.COMMA) {
        tokens.remove(0);
        continue;
      }
      Token first = tokens.get(0);
      if (!first.isWord() || first.mark() != null) {
        break;
      }
      List<Rule> rules = lexicon.frames(first.lemma);
      Applied applied = apply(rules, tokens, 0);
      if (applied == null && !first.raw.equals(first.lemma)) {
        applied = apply(lexicon.frames(first.raw), tokens, 0);
      }
      if (applied == null) {
        break;
      }
      for (Token consumed : tokens.subList(0, applied.end)) {
        if (AUXILIARIES.contains(consumed.lemma)) {
          // "How do I" and "what is the way to" ask the same; "how does it" and "how is it" do not.
          auxiliary = applied.out.isEmpty() || !applied.out.get(0).is("@how") || applied.end == 2 ? consumed.lemma : null;
        } else if (SUBJECTS.contains(consumed.lemma)) {
          subject = consumed.lemma;
        }
      }
      tokens.subList(0, applied.end).clear();
      tokens.addAll(0, applied.out);
      if (applied.out.isEmpty() || applied.out.get(0).is("@how") || applied.out.get(0).is("help")) {
        gerundAfter(tokens, applied.out.size());
      }
    }
    boolean turned = English.passive(tokens, auxiliary);
    List<Token> asked = phrases(tokens);
    turned |= English.turns(asked, auxiliary == null ? "" : auxiliary);
    return new Framed(asked, turned ? "" : auxiliary == null ? "" : auxiliary, subject);
  }

  private static void gerundAfter(List<Token> tokens, int at) {
    if (at < tokens.size() && tokens.get(at).gerund) {
      tokens.set(at, tokens.get(at).plain());
    }
  }

  private record Applied(int end, List<Token> out) {}

  private static @Nullable Applied apply(List<Rule> rules, List<Token> tokens, int at) {
    Applied best = null;
    for (Rule rule : rules) {
      if (rule.atStart() && at != 0) {
        continue;
      }
      List<Token> groups = new ArrayList<>();
      int end = rule.match(tokens, at, tokens.size(), groups);
      if (end >= 0 && (best == null || end > best.end)) {
        best = new Applied(end, rule.replacement(groups));
      }
    }
    return best;
  }

  private List<Token> phrases(List<Token> tokens) {
    List<Token> out = new ArrayList<>(tokens.size());
    int at = 0;
    while (at < tokens.size()) {
      Token token = tokens.get(at);
      Applied applied = token.isWord() ? apply(lexicon.phrases(token.lemma), tokens, at) : null;
      if (applied == null && token.isWord() && !token.raw.equals(token.lemma)) {
        applied = apply(lexicon.phrases(token.raw), tokens, at);
      }
      if (applied != null && applied.end > at) {
        out.addAll(applied.out);
        at = applied.end;
      } else {
        out.add(token);
        at++;
      }
    }
    return out;
  }
}
