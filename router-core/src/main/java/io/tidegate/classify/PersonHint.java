package io.tidegate.classify;

import static io.tidegate.model.Likelihood.POSSIBLE;

/** Names of persons by their label or title only: a weak sign, for combinations (there is no model here). */
final class PersonHint extends BuiltIn {
  static final String SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧司";

  PersonHint() {
    super("person-hint", Topic.PERSON_LABEL.bit() | Topic.PERSON_TITLE.bit(), 0, 0, 0, 0);
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int end = nameAt(piece, hit);
    if (end > 0) {
      sink.found("PERSON", end > piece.hitEnd[hit] ? piece.hitEnd[hit] : piece.hitStart[hit], end, POSSIBLE);
    }
  }

  /** End of the name behind the label or title of {@code hit}, or -1. */
  static int nameAt(Piece piece, int hit) {
    boolean title = (piece.hitTopics[hit] & Topic.PERSON_TITLE.bit()) != 0;
    int from = piece.hitEnd[hit];
    if (title && from - piece.hitStart[hit] <= 2 && Nearby.han(piece.chars[from - 1])) {
      char first = piece.peek(piece.hitStart[hit] - 1);
      return SURNAMES.indexOf(first) >= 0 || SURNAMES.indexOf(piece.peek(piece.hitStart[hit] - 3)) >= 0 || SURNAMES.indexOf(piece.peek(piece.hitStart[hit] - 2)) >= 0 ? from : -1;
    }
    int i = from;
    boolean mark = false;
    while (i < piece.length && i - from < 6) {
      char c = piece.chars[i];
      if (c == ':' || c == '\uff1a' || c == '=' || c == '"' || c == '\'' || c == ' ' || c == '*' || c == '.' || c == '|' || c == ',' && i == from && Character.isUpperCase(piece.peek(i + 2))) {
        mark |= c == ':' || c == '\uff1a' || c == '=';
        i++;
      } else {
        break;
      }
    }
    if (SURNAMES.indexOf(piece.peek(i)) >= 0 && Nearby.han(piece.peek(i + 1))) {
      int end = i + 2;
      end += Nearby.han(piece.peek(end)) && !Nearby.han(piece.peek(end + 1)) ? 1 : 0;
      return mark || !Nearby.han(piece.peek(end)) || end - i == 3 ? end : -1;
    }
    int first = capitalised(piece, i);
    if (first < 0) {
      return -1;
    }
    int second = piece.peek(first) == ' ' || piece.peek(first) == '-' ? capitalised(piece, first + 1) : -1;
    boolean initial = piece.peek(first) == '.' && piece.peek(first + 1) == ' ';
    return second > 0 ? second : title || initial ? first : -1;
  }

  private static int capitalised(Piece piece, int at) {
    if (!Character.isUpperCase(piece.peek(at))) {
      return -1;
    }
    int i = at + 1;
    while (i < piece.length && i - at < 24 && (Character.isLowerCase(piece.chars[i]) || piece.chars[i] == '\'' || Piece.upper(piece.chars[i]) && Piece.letter(piece.peek(i + 1)))) {
      i++;
    }
    if (i == at + 1 && piece.peek(i) == '.') {
      return piece.peek(i + 1) == ' ' ? capitalised(piece, i + 2) : -1;
    }
    return i - at >= 2 ? i : -1;
  }
}
