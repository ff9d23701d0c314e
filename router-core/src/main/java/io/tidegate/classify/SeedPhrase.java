package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;

/** Recovery phrases of wallets: twelve or more short words in a row behind a word such as "mnemonic". */
final class SeedPhrase extends BuiltIn {
  private static final int REACH = 16;
  private static final int LEAST_WORDS = 12;

  SeedPhrase() {
    super("seed-phrase", Topic.SEED_PHRASE.bit(), 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 110;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int from = piece.hitEnd[hit];
    while (from < piece.length && from - piece.hitEnd[hit] < REACH && !small(piece.chars[from])) {
      from++;
    }
    if (Nearby.matches(piece, from, "is ") || Nearby.matches(piece, from, "are ")) {
      from += piece.chars[from] == 'i' ? 3 : 4;
    }
    int words = 0;
    int end = from;
    int i = from;
    while (i < piece.length && words < 24) {
      int start = i;
      while (i < piece.length && small(piece.chars[i])) {
        i++;
      }
      if (i - start < 3 || i - start > 8) {
        break;
      }
      words++;
      end = i;
      while (i < piece.length && i - end < 5 && (piece.chars[i] == ' ' || piece.chars[i] == ',' || piece.chars[i] == '\n'
          || Piece.digit(piece.chars[i]) || piece.chars[i] == '.')) {
        i++;
      }
    }
    if (words >= LEAST_WORDS) {
      sink.found("SECRET", from, end, LIKELY);
    }
  }

  private static boolean small(char c) {
    return c >= 'a' && c <= 'z';
  }
}
