package io.tidegate.semantic;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The closed classes of English words that the reading of a question turns on. */
final class Grammar {
  /** Say nothing about what is asked. */
  static final Set<String> FILLERS = Set.of("a", "an", "the", "please", "kindly", "just", "really", "actually", "basically", "exactly", "there", "be", "also",
      "to", "of", "in", "at", "on", "for", "about", "into", "with", "by", "as", "using", "regarding", "during", "within", "inside", "onto", "around", "among");
  /** Those of the fillers that say how what follows belongs to what stands before. */
  static final Set<String> PREPOSITIONS = Set.of("to", "of", "in", "at", "on", "for", "about", "into", "with", "by", "as", "using", "regarding", "during",
      "within", "inside", "onto", "around", "among", "from", "than", "without", "between", "before", "after", "until", "since", "through", "via", "against",
      "under", "over", "above", "below", "across", "per");
  static final Set<String> DETERMINERS = Set.of("a", "an", "the", "my", "your", "our", "his", "her", "their", "its", "this", "that", "these", "those", "some", "any");
  /** A form in -ing after one of these is a verb. */
  static final Set<String> BEFORE_GERUND = Set.of("by", "without", "before", "after", "when", "while", "be", "start", "stop", "begin");
  /** Manner: says how, wherever it stands. */
  static final Set<String> MANNER = Set.of("fast", "quick", "easy", "simple", "cheap", "safe", "quickly", "easily", "safely", "cheaply", "simply", "rapidly",
      "properly", "effectively", "efficiently", "successfully", "correctly");
  /** What a thing can be for somebody to do. */
  static final Set<String> JUDGEMENTS = Set.of("safe", "legal", "illegal", "dangerous", "unsafe", "healthy", "unhealthy", "good", "bad", "easy", "hard", "difficult",
      "possible", "impossible", "necessary", "expensive", "cheap", "normal", "common", "rude", "wrong", "right", "harmful", "worth", "important", "useful",
      "okay", "ok", "fine", "acceptable", "risky", "wise");
  /** Speak of words as words: synonyms are not the same then. */
  static final Set<String> ABOUT_WORDS = Set.of("difference", "differ", "synonym", "antonym", "rhyme", "plural", "etymology", "word", "term", "phrase", "spelling",
      "definition", "expression", "abbreviation", "acronym", "opposite", "versus", "vs");
  /** Work on a text that is given: every word of it counts. */
  static final Set<String> ON_TEXT = Set.of("translate", "say", "spell", "pronounce", "rewrite", "rephrase", "reword", "paraphrase", "proofread", "transcribe",
      "capitalize", "grammar", "sentence", "correct");
  /** Ask for something new to be written: one is not several. */
  static final Set<String> WRITING = Set.of("write", "draft", "compose", "generate", "draw", "invent", "@suggest", "create", "give", "list", "name");
  static final Set<String> SYMMETRIC = Set.of("difference", "distance");
  static final Set<String> KNOWN = Set.of("a", "an", "the", "is", "are", "was", "were", "be", "do", "does", "did", "have", "has", "i", "you", "my", "your", "of", "in",
      "on", "at", "for", "to", "from", "with", "by", "and", "or", "not", "no", "it", "this", "that", "if", "can", "should", "what", "how", "who", "why", "when", "where", "which",
      "about", "into", "me", "write", "give", "than", "after", "before", "will", "would", "there", "their", "its");
  /** Names that are also words: the capital decides. */
  static final Set<String> TWO_FACED = Set.of("apple", "turkey", "china", "polish", "march", "may", "amazon", "windows", "oracle", "shell", "target", "gap", "mercury",
      "jordan", "chad", "guinea", "august", "will", "mark", "bill", "rose", "grace", "us", "it", "aids", "nice", "reading", "bath", "cork", "orange", "go", "rust",
      "swift", "slack", "signal", "teams", "access", "word", "excel");
  /** Prepositions that may stand for each other between the same two things. */
  private static final Set<String> LIKE = Set.of("of in", "in of", "of for", "for of", "of on", "on of", "in at", "at in", "at on", "on at", "in on", "on in", "about on",
      "on about", "about of", "of about", "to into", "into to", "in into", "into in", "in using", "using in", "with using", "using with", "with in", "in with", "as to", "to as",
      "regarding about", "about regarding", "within in", "in within", "inside in", "in inside", "during in", "in during", "by with", "with by", "of with", "with of");
  private static final Map<String, Integer> CODES = codes();

  private Grammar() {}

  private static Map<String, Integer> codes() {
    java.util.HashMap<String, Integer> codes = new java.util.HashMap<>();
    int code = 0;
    for (String word : new java.util.TreeSet<>(PREPOSITIONS)) {
      codes.put(word, ++code);
    }
    return Map.copyOf(codes);
  }

  /** A number for a preposition; 0 for none. */
  static byte code(String preposition) {
    return (byte) (int) CODES.getOrDefault(preposition, 0);
  }

  private static final boolean[] ALIKE = alike();

  private static boolean[] alike() {
    int size = CODES.size() + 1;
    boolean[] alike = new boolean[size * size];
    for (int i = 0; i < size; i++) {
      alike[i * size + i] = true;
    }
    for (String optional : List.of("to", "of", "on", "at")) {
      alike[code(optional)] = true;
      alike[code(optional) * size] = true;
    }
    for (String pair : LIKE) {
      String[] both = pair.split(" ");
      alike[code(both[0]) * size + code(both[1])] = true;
    }
    return alike;
  }

  /** Whether two prepositions, or one and none, may stand in the same place. */
  static boolean alike(byte one, byte other) {
    return ALIKE[one * (CODES.size() + 1) + other];
  }
}
