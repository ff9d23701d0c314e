package io.tidegate.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.semantic.Sameness.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamenessTest {
  private static final Lexicon LEXICON = new Lexicon();
  private static final Reader READER = new Reader(LEXICON, 1, 2);

  private static Outcome compare(String one, String other) {
    return Sameness.compare(READER.read(one).orElseThrow(), READER.read(other).orElseThrow());
  }

  @ParameterizedTest
  @DisplayName("C3 each guard by a pair that only it can tell")
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      LANGUAGE | What is recursion?                        | 什么是递归？
      KIND     | Why was the bridge built?                 | When was the bridge built?
      KIND     | Can I leave?                              | Should I leave?
      KIND     | Can I call?                               | Can you call?
      KIND     | Does he love?                             | Is he loved?
      TENSE    | Who is the mayor of York?                 | Who was the mayor of York?
      EXACT    | What does `a == b` do?                    | What does `a = b` do?
      EXACT    | Say "yes" in Thai.                        | Say "no" in Thai.
      EXACT    | Open https://example.org/a                | Open https://example.org/b
      EXACT    | Is 5 MB a lot?                            | Is 5 Mb a lot?
      WORDS    | What is 15 percent of 240?                | What is 15 percent of 250?
      WORDS    | Is -5 prime?                              | Is 5 prime?
      WORDS    | Can I travel with a passport?             | Can I travel without a passport?
      WORDS    | Which foods contain gluten?               | Which foods do not contain gluten?
      WORDS    | hotels in paris                           | hotels in london
      WORDS    | What is accounting?                       | What is an account?
      WORDS    | Is Turkey good?                           | Is turkey good?
      WORDS    | What is the fastest car?                  | What is the fast car?
      WORDS    | Write a poem about love.                  | Write poems about love.
      WORDS    | Trains to Leeds                           | Trains from Leeds
      ORDER    | Convert euros to dollars.                 | Convert dollars to euros.
      ORDER    | Did the dog bite the man?                 | Did the man bite the dog?
      ORDER    | Can cats see in the dark?                 | Can cats see the dark?
      ORDER    | Write a letter about a tenant.            | Write a letter to a tenant.
      WORDS    | 写5个句子。                                | 写8个句子。
      ORDER    | 谁打败了曹操？                             | 曹操被谁打败？
      ORDER    | 老师对学生说了什么？                        | 学生对老师说了什么？
      SAME     | What is the capital of France?            | Tell me the capital city of France.
      SAME     | In Java, how do I read a file?            | How can I read a file in Java?
      SAME     | Are raw eggs safe to eat?                 | Is it safe to eat raw eggs?
      SAME     | Which land animal is the fastest?         | What is the fastest land animal?
      SAME     | How far is the Moon from the Earth?       | What is the distance from the Earth to the Moon?
      SAME     | When was the telephone invented?          | In what year was the telephone invented?
      SAME     | Show orders above 1,000 dollars.          | Show orders above $1000.
      SAME     | 红楼梦的作者是谁？                          | 红楼梦是谁写的？
      SAME     | 写五个句子。                               | 写5个句子。
      """)
  void guards(Outcome expected, String one, String other) {
    Outcome seen = compare(one, other);
    if (expected == Outcome.ORDER && one.startsWith("谁")) {
      // Kind or order: both keep them apart.
      assertThat(seen).isNotEqualTo(Outcome.SAME);
    } else {
      assertThat(seen).isEqualTo(expected);
      assertThat(compare(other, one)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @DisplayName("C3 opposites are in no group of words that may stand for each other")
  @CsvSource({"buy,sell", "increase,decrease", "increase,reduce", "enable,disable", "start,stop", "begin,end", "open,close", "cheap,expensive", "big,small",
      "quick,slow", "advantage,disadvantage", "safe,dangerous", "right,wrong", "allow,forbid", "lend,borrow", "import,export", "import,download", "win,lose",
      "mother,father", "teacher,student", "doctor,nurse", "create,delete", "add,remove", "love,hate", "teach,learn", "first,last", "install,remove",
      "boss,employee", "city,town", "sea,ocean", "boil,fry", "login,logout", "encrypt,decrypt", "summary,criticism", "ask,answer", "throw,catch"})
  void opposites(String one, String other) {
    assertThat(LEXICON.group(one)).isNotEqualTo(LEXICON.group(other));
  }

  @Test
  @DisplayName("C3 material after a colon or a new line counts to the letter")
  void material() {
    assertThat(compare("Correct this: he have a cat", "Correct this: he has a cat")).isEqualTo(Outcome.EXACT);
    assertThat(compare("Summarize:\nthe cat sat", "Summarize:\na cat sat")).isEqualTo(Outcome.EXACT);
    assertThat(compare("Please correct this: he have a cat", "Correct this: he have a cat")).isEqualTo(Outcome.SAME);
  }

  @Test
  @DisplayName("C3 a language the guards do not know is compared word by word")
  void otherLanguages() {
    assertThat(compare("vuelos de Madrid a Lima", "vuelos a Madrid de Lima")).isNotEqualTo(Outcome.SAME);
    assertThat(compare("Wie heißt die Hauptstadt von Österreich?", "Wie hieß die Hauptstadt von Österreich?")).isNotEqualTo(Outcome.SAME);
    assertThat(compare("Что такое рекурсия?", "Что такое рекурсия")).isEqualTo(Outcome.SAME);
  }

  @Test
  @DisplayName("G8 a long text is not read, and an adversary's short one in bounded time")
  void bounds() {
    assertThat(READER.read("a".repeat(Reader.MAX_CHARS + 1))).isEmpty();
    assertThat(READER.read("   ")).isEmpty();
    assertThat(READER.read("(".repeat(2000))).isNotNull();
    assertThat(READER.read("'".repeat(2000))).isNotNull();
    assertThat(READER.read("怎么".repeat(1000))).isNotNull();
    assertThat(READER.read("how do i ".repeat(220))).isNotNull();
    assertThat(READER.read("是谁的".repeat(39))).isNotNull();
  }

  @Test
  @DisplayName("G3 a fingerprint says nothing under another key, and prints no text")
  void keyed() {
    Fingerprint other = new Reader(LEXICON, 3, 4).read("What is recursion?").orElseThrow();
    assertThat(Sameness.compare(READER.read("What is recursion?").orElseThrow(), other)).isNotEqualTo(Outcome.SAME);
    assertThat(other.toString()).isEqualTo("Fingerprint[1 terms]");
  }
}
