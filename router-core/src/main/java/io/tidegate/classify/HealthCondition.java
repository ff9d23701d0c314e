package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/**
 * Health data of a person: the name of a disease, or a field such as "Diagnosis:", together with a sign that somebody in particular is meant. A disease
 * alone is no personal data ("define hypertension").
 */
final class HealthCondition extends BuiltIn {
  private static final String TYPE = "HEALTH";
  private static final int RECORD_REACH = 220;
  private static final int PERSON_REACH = 60;
  private static final int SELF_REACH = 56;
  private static final int AGE_REACH = 40;
  /** Labels looked at around one disease: bounds the work on hostile text. */
  private static final int MOST_LABELS = 16;
  private static final long PERSON = Topic.PERSON_LABEL.bit() | Topic.PERSON_TITLE.bit();
  private static final long RECORD = Topic.MEDICAL_RECORD.bit() | Topic.SSN.bit() | Topic.CN_ID.bit() | Topic.BIRTH.bit() | Topic.HEALTH_ID.bit();
  private static final Nearby SELF_ZH = new Nearby("我有", "说我", "我感染", "我得了", "我患", "我被", "我确诊", "我查出", "我妈", "我爸", "我的母亲", "我的父亲", "我母亲", "我父亲", "我老公", "我老婆", "我妻子", "我丈夫", "我儿子", "我女儿", "我爷爷", "我奶奶",
      "我外公", "我外婆", "我孩子", "我家", "我朋友", "本人", "他被", "她被", "他患", "她患", "他得了", "她得了", "家父", "家母");
  private static final Nearby SELF = new Nearby("claimant ", "the insured ", "the pt ", "pt c/o", "pt presents", "pt s/p", "pt with", "pt has", "patient c/o", "i have", "i've", "i was", "we have a", "i am", "i'm ", "i got", "i had", "i suffer", "my ", "our patient", "he has", "she has", "he was",
      "she was", "his ", "her ");
  private static final Nearby SELF_VERB = new Nearby("have", "has", "had", "diagnosed", "suffer", "got", "was", "treated", "am ", "'m ", "'ve", "with", "positive", "c/o", "presents", "s/p", "underwent", "sustained");
  private static final Nearby AGE = new Nearby("year old", "year-old", "years old", "y/o", "yo male", "yo female", "yr old", "y.o.", "岁，", "岁,", "岁。", "周岁", "，男", "，女", ",男", ",女", "男，", "女，", "（男", "（女", "(男", "(女", "性别：", "年龄：", "歳");

  private static final Nearby SEX = new Nearby(" male", " female", " man ", " woman", " gentleman", " lady", " boy", " girl", "y/o m", "y/o f", "yo m", "yo f", "，男", "，女", ",男", ",女", "男，", "女，", "（男", "（女", "(男", "(女");

  private static final int OTHERS_REACH = 40;
  private static final Nearby KIN = new Nearby("妹妹", "弟弟", "姐姐", "哥哥", "老公", "老婆", "妈妈", "爸爸", "儿子", "女儿", "爷爷", "奶奶", "外公", "外婆", "婆婆", "岳父", "岳母", "媳妇", "男友", "女友");
  private static final Nearby OTHERS = new Nearby("tengo ", "mi madre", "mi padre", "mi hij", "mi espos", "mi herman", "ich habe ", "ich leide", "meine mutter", "mein vater", "mein sohn", "meine tochter", "meine frau", "mein mann",
      "j'ai ", "je souffre", "je suis ", "ma m\u00e8re", "mon p\u00e8re", "mon fils", "ma fille", "mon mari", "ma femme", "mia madre", "mio padre", "mia moglie", "soffro di", "minha m\u00e3e", "meu pai", "tenho ", "estou ",
      "私は", "私の", "母が", "父が", "妻が", "夫が", "息子が", "娘が", "저는", "제가", "엄마가", "어머니", "아버지", "у меня", "моя мать", "мой отец", "мой муж", "моя жена");
  private static final Nearby ASKING = new Nearby("frage", "pregunta", "question", "domanda", "pergunta", "curios", "質問", "질문", "вопрос", "について", "sobre ", "\u00fcber ", "sur ", "gelesen", "le\u00eddo", "lu ", "schreibe", "referat");
  private static final String[] HAS = {"因患", "患有", "确诊", "被诊断", "罹患", "被查出", "查出"};

  private static final Nearby QUESTION = new Nearby(" about ", "question", "reading", "studying", "research", "interested", "learn", "dog", " cat ", "been working", "wrote", "written", "film", "movie", "essay", "report", "class", "homework", "article", "project", "story", "book", "what ", "why ", "character", "novel");

  HealthCondition() {
    super("health-condition", Topic.DISEASE.bit() | Topic.DIAGNOSIS.bit(), 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 600;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int start = piece.hitStart[hit];
    int end = piece.hitEnd[hit];
    if ((piece.hitTopics[hit] & Topic.DISEASE.bit()) == 0) {
      field(piece, start, end, sink);
      return;
    }
    boolean diagnosis = piece.hit(Topic.DIAGNOSIS.bit(), start - PERSON_REACH, end + PERSON_REACH) >= 0;
    if (named(piece, start - RECORD_REACH, end + RECORD_REACH) || record(piece, start, end)) {
      sink.found(TYPE, start, end, diagnosis ? VERY_LIKELY : LIKELY);
    } else if (self(piece, start, end) || kin(piece, start) || subject(piece, start) || notes(piece, start, end) || years(piece, start, end) || aged(piece, start, end) && (diagnosis || patient(piece, start, end) || SEX.in(piece, start - PERSON_REACH, end + PERSON_REACH))) {
      sink.found(TYPE, start, end, LIKELY);
    } else if (patient(piece, start, end)) {
      sink.found(TYPE, start, end, POSSIBLE);
    }
  }

  /** "Diagnosis: …" is health data whatever follows, once a person is named near it. */
  private static void field(Piece piece, int start, int end, Sink sink) {
    char after = piece.peek(end);
    boolean field = after == ':' || after == '\uff1a' || after == '"' && piece.peek(end + 1) == ':';
    boolean filled = field && piece.peek(end + 2) > ' ' || field && Piece.letter(piece.peek(end + 3));
    if (filled && (named(piece, start - RECORD_REACH, end + RECORD_REACH) || record(piece, start, end) || aged(piece, start, end))) {
      sink.found(TYPE, start, end, LIKELY);
    }
  }

  /** A label such as "Patient:" or "姓名：" with a name behind it, a title with a name, or 患者 with a name. */
  private static boolean named(Piece piece, int from, int to) {
    int looks = 0;
    for (int i = piece.hit(PERSON, from, to); i >= 0 && looks++ < MOST_LABELS; i = nextNamed(piece, i, to)) {
      if (PersonHint.nameAt(piece, i) > 0) {
        return true;
      }
    }
    return false;
  }

  private static int nextNamed(Piece piece, int hit, int to) {
    for (int i = hit + 1; i < piece.hits && piece.hitStart[i] < to; i++) {
      if ((piece.hitTopics[i] & PERSON) != 0) {
        return i;
      }
    }
    return -1;
  }

  /** A record number, identity number or date of birth: its word, and digits right behind. */
  private static boolean record(Piece piece, int start, int end) {
    int looks = 0;
    for (int i = piece.hit(RECORD, start - RECORD_REACH, end + RECORD_REACH); i >= 0 && i < piece.hits && piece.hitStart[i] < end + RECORD_REACH && looks < MOST_LABELS; i++) {
      if ((piece.hitTopics[i] & RECORD) != 0) {
        looks++;
        for (int j = piece.hitEnd[i]; j < piece.hitEnd[i] + 10; j++) {
          if (Piece.digit(piece.peek(j))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean self(Piece piece, int start, int end) {
    if (SELF_ZH.in(piece, start - 16, start)) {
      return true;
    }
    return SELF.in(piece, start - SELF_REACH, start) && SELF_VERB.in(piece, start - SELF_REACH, start) && wordStart(piece, start)
        && !QUESTION.in(piece, start - SELF_REACH, start);
  }

  /** A relative, or the speaker, right before the disease; in languages other than English and Chinese, in the sentence before it. */
  private static boolean kin(Piece piece, int start) {
    return piece.peek(start - 1) == '\u6211' || KIN.in(piece, start - 8, start) || OTHERS.in(piece, start - OTHERS_REACH, start) && !ASKING.in(piece, start - OTHERS_REACH, start + 8);
  }

  /** A Chinese name, and that they have or were found to have it: 张丽因患…. */
  private static boolean subject(Piece piece, int start) {
    for (int i = Math.max(3, start - 12); i < start; i++) {
      if ("因患确被罹查".indexOf(piece.chars[i]) < 0) {
        continue;
      }
      for (String has : HAS) {
        if (Nearby.matches(piece, i, has) && (name(piece, i - 3) && Nearby.han(piece.chars[i - 2]) || name(piece, i - 2)) && Nearby.han(piece.chars[i - 1])
            && piece.hit(Topic.DISEASE.bit(), i - 3, i) < 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean name(Piece piece, int at) {
    return at >= 0 && PersonHint.SURNAMES.indexOf(piece.chars[at]) >= 0 && (at == 0 || !Nearby.han(piece.chars[at - 1]) || "工生事员志友师人对给与和由让".indexOf(piece.chars[at - 1]) >= 0);
  }

  /** Two filled fields of a clinical note around a disease, and a patient: somebody's record, whatever it says of the name. */
  private static boolean notes(Piece piece, int start, int end) {
    int fields = 0;
    int looks = 0;
    for (int i = piece.hit(Topic.DIAGNOSIS.bit(), start - RECORD_REACH, end + RECORD_REACH); i >= 0 && i < piece.hits && piece.hitStart[i] < end + RECORD_REACH && looks++ < MOST_LABELS; i++) {
      char after = piece.peek(piece.hitEnd[i]);
      fields += (piece.hitTopics[i] & Topic.DIAGNOSIS.bit()) != 0 && (after == ':' || after == '\uff1a') ? 1 : 0;
    }
    return fields >= 2 && piece.hit(Topic.PATIENT.bit(), start - RECORD_REACH, end + RECORD_REACH) >= 0;
  }

  private static boolean wordStart(Piece piece, int start) {
    return !Piece.letter(piece.peek(start - 1));
  }

  private static boolean aged(Piece piece, int start, int end) {
    return AGE.in(piece, start - PERSON_REACH, end + PERSON_REACH) || shortForm(piece, start - PERSON_REACH, end + PERSON_REACH);
  }

  /** 女 72岁: age and sex with nothing but a mark or two between. */
  private static boolean years(Piece piece, int start, int end) {
    for (int i = Math.max(1, start - AGE_REACH); i < end + AGE_REACH && i < piece.length; i++) {
      if (piece.chars[i] == '\u5c81' && Piece.digit(piece.chars[i - 1])) {
        for (int j = Math.max(0, i - 8); j < i + 6 && j < piece.length; j++) {
          if ((piece.chars[j] == '\u7537' || piece.chars[j] == '\u5973') && !Nearby.han(piece.peek(j + 1)) && !Nearby.han(piece.peek(j - 1))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** {@code 29F}, {@code 67M}: age and sex as notes have them. */
  private static boolean shortForm(Piece piece, int from, int to) {
    for (int i = Math.max(2, from); i < to && i < piece.length; i++) {
      char c = piece.chars[i];
      if ((c == 'F' || c == 'M') && Piece.digit(piece.chars[i - 1]) && Piece.digit(piece.chars[i - 2]) && !Piece.alnum(piece.peek(i + 1)) && !Piece.alnum(piece.peek(i - 3))) {
        return true;
      }
    }
    return false;
  }

  private static boolean patient(Piece piece, int start, int end) {
    return piece.hit(Topic.PATIENT.bit(), start - PERSON_REACH, end + PERSON_REACH) >= 0;
  }
}
