package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Chinese vehicle plates: province character, letter, five or (new energy) six letters and digits; others by their label. */
final class LicensePlate extends BuiltIn {
  private static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";
  private static final String SEPARATORS = "·•‧∙.- ・";
  private static final String LAST = "学警港澳挂试超领使";

  LicensePlate() {
    super("license-plate", Topic.PLATE.bit(), 0, 0, 3, 7);
  }

  /** Plates without any digit, by their label only. */
  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    for (int i = piece.hitEnd[hit]; i < piece.hitEnd[hit] + 6; i++) {
      if (PROVINCES.indexOf(piece.peek(i)) >= 0 && Piece.upper(piece.peek(i + 1))) {
        int end = i + 1;
        while (Piece.upper(piece.peek(end)) || Piece.digit(piece.peek(end))) {
          end++;
        }
        if (end - i == 7 || end - i == 8) {
          sink.found("LICENSE_PLATE", i, end, LIKELY);
        }
        return;
      }
    }
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    int from = start;
    int body = end - start - 1;
    if (!Piece.upper(piece.chars[start]) || PROVINCES.indexOf(piece.peek(start - 1)) < 0) {
      body = end - start;
      from = start - 2;
      // The letters after a separator may hold no digit at first: the token then begins there.
      if (SEPARATORS.indexOf(piece.peek(start - 1)) < 0 || !Piece.upper(piece.peek(from)) || PROVINCES.indexOf(piece.peek(from - 1)) < 0) {
        return;
      }
    }
    boolean special = body == 4 && LAST.indexOf(piece.peek(end)) >= 0;
    if (body == 5 || body == 6 || special) {
      sink.found("LICENSE_PLATE", from - 1, special ? end + 1 : end, piece.near(Topic.PLATE.bit(), start, end) ? VERY_LIKELY : LIKELY);
    }
  }
}
