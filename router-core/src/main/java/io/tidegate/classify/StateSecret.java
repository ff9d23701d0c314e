package io.tidegate.classify;

import static io.tidegate.model.Likelihood.VERY_LIKELY;

/**
 * Marks of state secrets: the grade with a star and a term ({@code 机密★5年}), behind its field ({@code 密级：秘密}), or with a document or copy number near it; Western portion marks
 * ({@code SECRET//NOFORN}). The grade's word alone is an ordinary word.
 */
final class StateSecret extends BuiltIn {
  private static final String TYPE = "STATE_SECRET";
  private static final int MARK_WINDOW = 48;
  private static final String STARS = "★☆⭐✩✪*";
  private static final int MOST_MARKS = 16;

  StateSecret() {
    super("state-secret", Topic.GRADE.bit(), 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 110;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int start = piece.hitStart[hit];
    int end = piece.hitEnd[hit];
    if (piece.chars[start] < 0x80) {
      western(piece, start, end, sink);
      return;
    }
    int star = piece.peek(end) == ' ' ? end + 1 : end;
    if (STARS.indexOf(piece.peek(star)) >= 0 && term(piece, star + 1)) {
      sink.found(TYPE, start, star + 1, VERY_LIKELY);
    } else if (labelled(piece, start) && !listed(piece, end) || marked(piece, start, end)) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    }
  }

  /** {@code 5年}, {@code 长期}, {@code 启用前} and what else has a term; also nothing more in the line. */
  private static boolean term(Piece piece, int at) {
    int i = at;
    while (piece.peek(i) == ' ' && i < piece.length) {
      i++;
    }
    char c = piece.peek(i);
    return i >= piece.length || Piece.digit(c) || c == '\n' || "一二三四五六七八九十两长启永解期".indexOf(c) >= 0;
  }

  /** A field such as 密级 with nothing but a colon or brackets before the grade. */
  private static boolean labelled(Piece piece, int start) {
    int label = piece.lastHit(Topic.GRADE_LABEL.bit(), start - 12, start);
    if (label < 0) {
      return false;
    }
    boolean colon = false;
    for (int i = piece.hitEnd[label]; i < start; i++) {
      char c = piece.chars[i];
      colon |= c == ':' || c == '\uff1a' || c == '\uff08' || c == '(' || c == '\u3010' || c == '=' || c == '"';
      if (Nearby.han(c) || Piece.alnum(c)) {
        return false;
      }
    }
    return colon || piece.chars[piece.hitEnd[label] - 1] == ':';
  }

  /** {@code 绝密、机密、秘密}: the grades are being listed. */
  private static boolean listed(Piece piece, int end) {
    int i = piece.peek(end) == '\u7ea7' ? end + 1 : end;
    char c = piece.peek(i);
    return (c == '\u3001' || c == '/' || c == '\u548c' || c == '\u6216') && piece.hit(Topic.GRADE.bit(), i, i + 5) >= 0;
  }

  /** A document, copy or term field with a value near the grade. */
  private static boolean marked(Piece piece, int start, int end) {
    if (listed(piece, end) || piece.hit(Topic.GENERAL.bit(), start - 16, end + 16) >= 0) {
      return false;
    }
    int looks = 0;
    for (int i = piece.hit(Topic.GRADE_MARK.bit(), start - MARK_WINDOW, end + MARK_WINDOW); i >= 0 && i < piece.hits
        && piece.hitStart[i] < end + MARK_WINDOW && looks++ < MOST_MARKS; i++) {
      if ((piece.hitTopics[i] & Topic.GRADE_MARK.bit()) != 0 && valued(piece, piece.hitEnd[i])) {
        return grade(piece, start, end);
      }
    }
    return false;
  }

  /** A digit within a few characters, with nothing said in between. */
  private static boolean valued(Piece piece, int from) {
    for (int i = from; i < from + 8; i++) {
      char c = piece.peek(i);
      if (Piece.digit(c)) {
        return true;
      }
      if (c == '\n' || Nearby.han(c) && c != '\u7b2c' && c != '\u4e3a') {
        return false;
      }
    }
    return false;
  }

  /** The grade stands as one: 机密级, 绝密文件, （秘密）, 为机密, at the beginning of a line; not 商业秘密 or 秘密花园. */
  private static boolean grade(Piece piece, int start, int end) {
    char before = piece.peek(start - 1);
    char after = piece.peek(end);
    return after == '\u7ea7' || after == '\u6587' || after == '\u8d44' || after == '\u4ef6' || !Nearby.han(before) && !Nearby.han(after)
        && before != '\u201c' || start == 0 || before == '\n' || before == '\u4e3a' && !Nearby.han(after);
  }

  private static void western(Piece piece, int start, int end, Sink sink) {
    boolean slashes = piece.peek(end - 1) == '/' || piece.peek(end) == '/' && piece.peek(end + 1) == '/';
    boolean capitals = Piece.upper(piece.chars[start]) && Piece.upper(piece.chars[start + 1]);
    int after = slashes && piece.peek(end - 1) != '/' ? end + 2 : end;
    if (capitals && slashes && Piece.upper(piece.peek(after)) && Piece.upper(piece.peek(after + 1)) || capitals && labelled(piece, start)
        && piece.peek(end - 1) != '/') {
      int to = after;
      while (to < piece.length && to - after < 40 && (Piece.upper(piece.chars[to]) || piece.chars[to] == '/' || piece.chars[to] == ' '
          && Piece.upper(piece.peek(to + 1)))) {
        to++;
      }
      sink.found(TYPE, start, Math.max(to, end), VERY_LIKELY);
    }
  }
}
