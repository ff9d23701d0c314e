package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Base forms of English words, and the ways of asking that rules of fixed words cannot tell. */
final class English {
  private English() {}

  /** Adds the word, in two or three where it is a contraction. */
  static void word(String written, boolean startsSentence, Lexicon lexicon, List<Token> to) {
    String lower = written.toLowerCase(Locale.ROOT);
    int apostrophe = lower.indexOf('\'');
    if (apostrophe > 0) {
      contraction(written, lower, apostrophe, startsSentence, lexicon, to);
      return;
    }
    boolean capital = Character.isUpperCase(written.charAt(0));
    boolean afterNumber = !to.isEmpty() && to.get(to.size() - 1).kind == Kind.NUMBER;
    boolean allCapitals = written.length() > 1 && written.equals(written.toUpperCase(Locale.ROOT));
    if (afterNumber && written.length() <= 4 && !lower.equals(written)) {
      // mW is not MW, nor Mb MB.
      to.add(Token.of(Kind.EXACT, written));
      return;
    }
    if (lower.equals("cannot")) {
      plain("can", false, lexicon, to);
      plain("not", false, lexicon, to);
      return;
    }
    String number = Numbers.word(lower);
    if (number != null && !(capital && !startsSentence)) {
      to.add(Token.of(Kind.NUMBER, number));
      return;
    }
    plain(lower, capital && (!startsSentence || allCapitals) && !lower.equals("i"), lexicon, to);
  }

  private static void contraction(String written, String lower, int apostrophe, boolean starts, Lexicon lexicon, List<Token> to) {
    String head = lower.substring(0, apostrophe);
    String tail = lower.substring(apostrophe + 1);
    if (tail.equals("t") && head.endsWith("n")) {
      String verb = switch (head) {
        case "can" -> "can";
        case "won" -> "will";
        case "shan" -> "shall";
        default -> head.substring(0, head.length() - 1);
      };
      plain(verb, false, lexicon, to);
      plain("not", false, lexicon, to);
      return;
    }
    word(written.substring(0, apostrophe), starts, lexicon, to);
    switch (tail) {
      case "s" -> to.add(Set.of("what", "who", "where", "when", "how", "why", "it", "there", "here", "that", "he", "she", "which").contains(head)
          ? Token.word("is", "be", false, false, false, false) : head.equals("let") ? Token.written("us") : Token.written("'s"));
      case "re", "m" -> to.add(Token.word("are", "be", false, false, false, false));
      case "ll" -> to.add(Token.written("will"));
      case "ve" -> to.add(Token.written("have"));
      case "d" -> to.add(Token.written("would"));
      default -> to.add(Token.written(tail));
    }
  }

  private static void plain(String lower, boolean proper, Lexicon lexicon, List<Token> to) {
    if (proper) {
      to.add(Token.word(lower, lower, true, false, false, false));
      return;
    }
    String form = lexicon.form(lower);
    if (form != null) {
      boolean many = Set.of("children", "men", "women", "mice", "teeth", "feet", "geese", "people", "leaves", "knives", "lives", "wives", "wolves", "halves", "bacteria",
          "data", "viruses", "buses", "gases", "lenses", "indices", "indexes").contains(lower);
      // "best" and "worst" stay superlatives of their own.
      boolean most = lower.equals("best") || lower.equals("worst");
      to.add(Token.word(lower, form, false, lower.endsWith("ing"), many, most));
      return;
    }
    if (lexicon.keeps(lower) || lower.length() < 4) {
      to.add(Token.word(lower, lower, false, false, false, false));
      return;
    }
    if (lower.endsWith("est") && lower.length() > 5) {
      to.add(Token.word(lower, unended(lower, 3, lexicon), false, false, false, true));
    } else if (lower.endsWith("ing") && lower.length() > 5) {
      to.add(Token.word(lower, unended(lower, 3, lexicon), false, true, false, false));
    } else if (lower.endsWith("ied") && lower.length() > 4) {
      to.add(Token.word(lower, lower.substring(0, lower.length() - 3) + "y", false, false, false, false));
    } else if (lower.endsWith("ed") && !lower.endsWith("eed") && lower.length() > 4) {
      to.add(Token.word(lower, unended(lower, 2, lexicon), false, false, false, false));
    } else if (lower.endsWith("ly") && lower.length() > 5) {
      to.add(Token.word(lower, adjective(lower), false, false, false, false));
    } else {
      String one = singular(lower);
      to.add(Token.word(lower, one, false, false, !one.equals(lower), false));
    }
  }

  private static String adjective(String lower) {
    String head = lower.substring(0, lower.length() - 2);
    if (head.endsWith("i")) {
      return head.substring(0, head.length() - 1) + "y";
    }
    return head.endsWith("b") || head.endsWith("p") && !head.endsWith("ap") && !head.endsWith("ep") ? head + "le" : head;
  }

  private static String singular(String lower) {
    if (lower.endsWith("ies") && lower.length() > 4) {
      return lower.substring(0, lower.length() - 3) + "y";
    }
    if (lower.endsWith("ches") || lower.endsWith("shes") || lower.endsWith("sses") || lower.endsWith("xes") || lower.endsWith("oes") || lower.endsWith("zzes")) {
      return lower.substring(0, lower.length() - 2);
    }
    return lower.endsWith("s") && !lower.endsWith("ss") && !lower.endsWith("us") && !lower.endsWith("is") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** Without -ing, -ed or -est: doubled consonants made single, a silent e put back. Only has to be the same for all forms of a word. */
  private static String unended(String lower, int ending, Lexicon lexicon) {
    String head = lower.substring(0, lower.length() - ending);
    if (lexicon.knows(head)) {
      return head;
    }
    if (lexicon.knows(head + "e")) {
      return head + "e";
    }
    int last = head.length() - 1;
    char c = head.charAt(last);
    if (last > 1 && c == head.charAt(last - 1) && "bdgmnprt".indexOf(c) >= 0) {
      return head.substring(0, last);
    }
    if (ending == 3 && lower.endsWith("iest")) {
      return head.substring(0, last) + "y";
    }
    boolean silent = "vuz".indexOf(c) >= 0 || c == 'c' || c == 'g' && !head.endsWith("ng") || c == 's' && last > 0 && isVowel(head.charAt(last - 1))
        && !head.endsWith("us") && !head.endsWith("ss") || last >= 2 && "tdklmnprb".indexOf(c) >= 0 && shortE(head) || head.endsWith("ng") && CHANGE.contains(head)
        || head.endsWith("th") && SOFT.contains(head);
    return silent ? head + "e" : head;
  }

  private static final Set<String> CHANGE = Set.of("chang", "rang", "arrang", "challeng", "exchang", "plung", "chall");
  private static final Set<String> SOFT = Set.of("breath", "cloth", "bath", "sooth");

  /** A single vowel before a single consonant, as in "mak-ing", unless the word is known to end there. */
  private static boolean shortE(String head) {
    int last = head.length() - 1;
    if (!isVowel(head.charAt(last - 1)) || last >= 2 && isVowel(head.charAt(last - 2)) && head.charAt(last - 2) != 'u') {
      return head.endsWith("bl") || head.endsWith("pl") || head.endsWith("tl") || head.endsWith("dl") || head.endsWith("gl");
    }
    return !(head.endsWith("er") || head.endsWith("en") || head.endsWith("el") || head.endsWith("et") && head.length() > 4 || head.endsWith("it") && !head.endsWith("cit")
        && !head.endsWith("writ") && !head.endsWith("quit") && !head.endsWith("vit") || head.endsWith("or") && head.length() > 4 && !head.endsWith("stor") && !head.endsWith("plor")
        || head.endsWith("on") || head.endsWith("op") && head.length() > 4 || head.endsWith("al") || head.endsWith("in") && WHOLE.contains(head)
        || head.endsWith("om") || head.endsWith("ish"));
  }

  private static final Set<String> WHOLE = Set.of("explain", "train", "begin", "join", "contain", "drain", "gain", "obtain", "rain");

  private static boolean isVowel(char c) {
    return "aeiouy".indexOf(c) >= 0;
  }

  /** A form that with "be" tells what is done to somebody. */
  static boolean participle(Token token, Lexicon lexicon) {
    return token.isWord() && !token.proper && !token.gerund && !token.plural && !token.superlative && !token.raw.equals(token.lemma)
        && (token.raw.endsWith("ed") || lexicon.form(token.raw) != null && !token.is("be") && !token.is("do") && !token.is("have") && !token.is("good"));
  }

  /** The tense that auxiliaries show: bit 0 present, bit 1 past, bit 2 future. */
  static int tense(List<Token> tokens) {
    int tense = 0;
    for (Token token : tokens) {
      if (token.kind == Kind.WORD && !token.proper) {
        tense |= switch (token.raw) {
          case "was", "were", "did", "had" -> 2;
          case "is", "are", "am", "do", "does", "has" -> 1;
          case "will", "shall" -> 4;
          default -> 0;
        };
      }
    }
    return tense;
  }

  /** Puts a clause that comes first, "In Java, how …", last. */
  static void leadingClause(List<Token> sentence) {
    if (sentence.size() < 4 || !sentence.get(0).isWord() || !Set.of("in", "with", "for", "on", "at", "using", "use", "within", "during").contains(sentence.get(0).lemma)) {
      return;
    }
    for (int i = 1; i < Math.min(6, sentence.size() - 1); i++) {
      if (sentence.get(i).kind == Kind.COMMA) {
        List<Token> clause = new ArrayList<>(sentence.subList(0, i));
        sentence.subList(0, i + 1).clear();
        sentence.addAll(clause);
        return;
      }
    }
  }

  /** The patterns with a gap in them, on a sentence whose frame is known. */
  static boolean turns(List<Token> s, String auxiliary) {
    String mark = s.isEmpty() ? null : s.get(0).mark();
    if (mark == null) {
      return false;
    }
    boolean turned = true;
    int last = s.size() - 1;
    Token end = s.get(last);
    if (mark.equals("@what") && last > 1 && end.is("mean")) {
      s.set(last, Token.written("@mean"));
    } else if (mark.equals("@what") && last > 2 && end.is("for") && s.get(last - 1).is("stand")) {
      s.subList(last - 1, last + 1).clear();
      s.add(Token.written("@mean"));
    } else if ((mark.equals("@much") || mark.equals("@what")) && last > 1 && end.is("cost")) {
      s.remove(last);
      s.set(0, Token.written("@what"));
      s.add(1, Token.written("of"));
      s.add(1, Token.written("cost"));
    } else if (mark.equals("@how") && last > 2 && end.is("differ")) {
      s.remove(last);
      s.set(0, Token.written("@what"));
      s.add(1, Token.written("difference"));
    } else if (mark.equals("@why") && last > 1 && (end.is("happen") || end.is("occur"))) {
      s.remove(last);
      s.set(0, Token.written("@what"));
      s.add(1, Token.written("of"));
      s.add(1, Token.written("cause"));
    } else if ((mark.equals("@what") || mark.equals("@many")) && (end.is("have") || end.is("contain")) && afterNounOf(s)) {
      s.remove(last);
    } else if (mark.equals("@what") && last > 1 && end.is("do") && auxiliary.equals("do")) {
      s.remove(last);
      s.add(1, Token.written("of"));
      s.add(1, Token.written("function"));
    } else if (mark.equals("@why") && last > 1 && end.is("important") && auxiliary.equals("be")) {
      s.remove(last);
      s.set(0, Token.written("@what"));
      s.add(1, Token.written("of"));
      s.add(1, Token.written("importance"));
    } else {
      turned = false;
    }
    if (mark.equals("@how")) {
      for (int i = 1; i < s.size(); i++) {
        if (s.get(i).is("differ") || s.get(i).is("different") && i > 1) {
          s.remove(i);
          s.set(0, Token.written("@what"));
          s.add(1, Token.written("difference"));
          turned = true;
          break;
        }
      }
    }
    if (s.size() > 1 && s.get(1).is("speed") && (s.get(s.size() - 1).is("travel") || s.get(s.size() - 1).is("go") || s.get(s.size() - 1).is("move")) && s.size() > 3) {
      s.remove(s.size() - 1);
    }
    judgement(s, mark);
    superlative(s, mark);
    return turned;
  }

  /** "What symptoms does the flu have": an "of" where the auxiliary stood. */
  private static boolean afterNounOf(List<Token> s) {
    for (int i = 2; i < s.size(); i++) {
      if (s.get(i).is("do")) {
        s.set(i, Token.written("of"));
        return true;
      }
    }
    return false;
  }

  /** "Are raw eggs safe to eat", "is it safe to eat raw eggs", "is eating raw eggs safe": the judgement first, then the deed. */
  private static void judgement(List<Token> s, String mark) {
    if (!mark.equals("@is") || s.size() < 4) {
      return;
    }
    int last = s.size() - 1;
    if (s.get(1).is("it") && isJudgement(s.get(2))) {
      s.remove(1);
      s.set(0, Token.written("@it"));
    } else if (s.get(last - 1).is("to") && isJudgement(s.get(last - 2)) && last > 3) {
      Token verb = s.remove(last);
      s.remove(last - 1);
      Token judgement = s.remove(last - 2);
      s.set(0, Token.written("@it"));
      s.add(1, verb);
      s.add(1, judgement);
    } else if (isJudgement(s.get(last)) && s.get(1).gerund) {
      Token judgement = s.remove(last);
      s.set(0, Token.written("@it"));
      s.set(1, s.get(1).plain());
      s.add(1, judgement);
    }
  }

  private static boolean isJudgement(Token token) {
    return token.isWord() && Grammar.JUDGEMENTS.contains(token.lemma);
  }

  /** "Which land animal is the fastest in Asia": as "what is the fastest land animal in Asia". */
  private static void superlative(List<Token> s, String mark) {
    if (!mark.equals("@what") && !mark.equals("@where")) {
      return;
    }
    for (int i = 2; i + 1 < s.size(); i++) {
      if (s.get(i).is("be")) {
        int at = s.get(i + 1).is("the") ? i + 2 : i + 1;
        boolean most = at + 1 < s.size() && s.get(at).is("most");
        int end = most ? at + 2 : at + 1;
        boolean tail = end == s.size() || end < s.size() && s.get(end).isWord() && Grammar.PREPOSITIONS.contains(s.get(end).lemma);
        if (at < s.size() && tail && (most || s.get(at).superlative)) {
          List<Token> degree = new ArrayList<>(s.subList(at, end));
          s.subList(i, end).clear();
          s.addAll(1, degree);
        }
        return;
      }
    }
  }

  /** "When was the telephone invented": as if somebody had invented it. */
  static boolean passive(List<Token> s, @Nullable String auxiliary) {
    if (s.size() < 3 || s.get(0).mark() == null || !"be".equals(auxiliary)) {
      return false;
    }
    String mark = s.get(0).mark();
    Token last = s.get(s.size() - 1);
    if (mark != null && Set.of("@how", "@when", "@year", "@where", "@why").contains(mark) && last.isWord() && !last.proper && !last.raw.equals(last.lemma)
        && !last.gerund && !last.plural && !last.superlative && !last.raw.endsWith("ly")) {
      s.remove(s.size() - 1);
      s.add(1, last.plain());
      return true;
    }
    return false;
  }
}
