package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is left of an English sentence once its frame is known: kind, subject and terms. */
final class EnglishTerms {
  private static final Set<String> MODAL = Set.of("@can", "@may", "@should", "@must", "@will", "@would", "@it");
  private static final Set<String> SUBJECTS = Set.of("i", "you", "we", "one");
  private static final Set<String> QUANTIFIED = Set.of("@is", "@do", "@has", "@can", "@may", "@should", "@must", "@will", "@would", "@it");

  private static final Set<String> AGENTS = Set.of("author", "inventor", "discoverer", "painter", "composer", "director", "founder", "creator", "designer");

  private EnglishTerms() {}

  static void add(Reader.Framed framed, Lexicon lexicon, Gathering to, boolean first) {
    List<Token> s = new ArrayList<>(framed.tokens());
    boolean passive = framed.auxiliary().equals("be");
    to.auxiliary(framed.auxiliary(), first);
    String mark = s.get(0).mark();
    if (mark != null) {
      s.remove(0);
      to.kind(mark, first);
    } else {
      to.kind("@none", first);
    }
    String kind = mark == null ? "@none" : mark;
    if (kind.equals("@who") && !s.isEmpty() && AGENTS.contains(s.get(0).lemma)) {
      to.timeless();
    }
    if (MODAL.contains(kind) && !s.isEmpty() && SUBJECTS.contains(s.get(0).lemma)) {
      to.subject(s.remove(0).lemma);
    }
    boolean aboutWords = false;
    boolean onText = false;
    boolean symmetric = false;
    for (Token token : s) {
      aboutWords |= token.isWord() && (Grammar.ABOUT_WORDS.contains(token.lemma) || token.lemma.equals("@mean"));
      onText |= token.isWord() && Grammar.ON_TEXT.contains(token.lemma);
      symmetric |= token.isWord() && Grammar.SYMMETRIC.contains(token.lemma);
    }
    boolean compared = !s.isEmpty() && s.get(0).is("compare") && mark == null;
    if (compared) {
      s.set(0, Token.written("difference"));
      to.rekind("@what", first);
      symmetric = true;
      aboutWords = true;
    }
    if (symmetric) {
      to.free();
    }
    boolean writing = kind.equals("@suggest") || mark == null && !s.isEmpty() && Grammar.WRITING.contains(s.get(0).lemma);
    List<Token> manner = new ArrayList<>();
    for (int i = 0; i < s.size(); i++) {
      Token token = s.get(i);
      Token before = i == 0 ? null : s.get(i - 1);
      Token after = i + 1 == s.size() ? null : s.get(i + 1);
      passive |= token.is("be");
      if (token.kind == Kind.COMMA) {
        to.comma();
        to.segment("");
      } else if (!token.isWord()) {
        to.term(token, false, false);
      } else if (onText) {
        strict(token, before, to);
      } else if (token.lemma.equals("@mean")) {
        to.meaning();
      } else if (symmetric && Set.of("between", "from", "to", "and", "with", "of", "versus", "vs", "or", "the").contains(token.lemma)) {
        to.segment("");
      } else if (Grammar.PREPOSITIONS.contains(token.lemma) && !token.proper) {
        to.segment(token.lemma);
        if (!Grammar.FILLERS.contains(token.lemma) || after == null || after.kind == Kind.COMMA) {
          to.term(token, false, false);
        }
      } else if (dropped(token, before, after, kind, framed.subject())) {
        continue;
      } else if (kind.equals("@how") && Grammar.MANNER.contains(token.lemma) && (after == null || i == 0) && s.size() > 1) {
        manner.add(token.plain());
      } else if (token.lemma.equals("'s") || writing && token.is("that")) {
        continue;
      } else {
        Token word = writing && before != null && before.is("that") ? token.plain().one() : verb(token, before, after);
        to.term(passive && English.participle(word, lexicon) ? Token.done(word) : word, !aboutWords, writing);
      }
    }
    for (Token how : manner) {
      to.segment("");
      to.term(how, true, false);
    }
    if (s.isEmpty()) {
      to.term(Token.written(kind), false, false);
    }
  }

  /** Work on a given text: nothing is left out but what belongs to the order itself. */
  private static void strict(Token token, @Nullable Token before, Gathering to) {
    if (Set.of("to", "into", "in", "from").contains(token.lemma)) {
      to.segment(token.lemma.equals("from") ? "from" : "into");
      if (token.lemma.equals("from")) {
        to.term(token, false, false);
      }
    } else {
      to.term(Token.of(Kind.WORD, token.raw), false, false);
    }
  }

  private static boolean dropped(Token token, @Nullable Token before, @Nullable Token after, String kind,
      String subject) {
    if (token.proper) {
      return false;
    }
    String word = token.lemma;
    return switch (word) {
      case "a" -> after != null && after.isWord() && !Grammar.PREPOSITIONS.contains(after.lemma);
      case "exactly", "just" -> after == null || after.kind != Kind.NUMBER;
      case "an", "the", "please", "kindly", "really", "actually", "basically", "be", "also", "currently" -> true;
      case "there" -> before == null || before.is("be") || before.is("do") || after != null && after.is("be");
      case "do" -> after != null && !Set.of("if", "when", "about", "with", "after", "before", "to").contains(after.lemma);
      case "it" -> before == null || before.is("take") || before.is("be");
      case "some", "any" -> !QUANTIFIED.contains(kind);
      // Whose it is goes without saying where it is the asker's own.
      case "my" -> kind.equals("@how") && (subject.equals("i") || subject.isEmpty());
      case "your" -> kind.equals("@how") && subject.equals("you");
      case "our" -> kind.equals("@how") && subject.equals("we");
      case "me" -> after == null && before != null && (before.is("for") || before.is("to"));
      default -> false;
    };
  }

  /** A form in -ing is a verb after some words and before an article; else it is a thing of its own: accounting is not an account. */
  private static Token verb(Token token, @Nullable Token before, @Nullable Token after) {
    if (!token.gerund) {
      return token;
    }
    boolean verb = before != null && Grammar.BEFORE_GERUND.contains(before.lemma)
        || after != null && (Grammar.DETERMINERS.contains(after.lemma) || after.kind == Kind.NUMBER);
    return verb ? token.plain() : Token.word(token.raw, token.raw, false, false, false, false);
  }
}
