package io.tidegate.classify;

import io.tidegate.classify.BuiltIn.Speaker;
import io.tidegate.classify.Detector.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A set of built-in detectors, sorted by what they want to be called for. Immutable. */
final class BuiltIns {
  /** Steps that one call of a detector is counted as. */
  private static final int STEPS_PER_CALL = 12;

  private final BuiltIn[] byWord;
  private final BuiltIn[] byAt;
  private final BuiltIn[][] byDigits = new BuiltIn[DigitSpan.MAX_DIGITS + 1][];
  private final BuiltIn[][] byToken = new BuiltIn[DigitSpans.LONGEST_TOKEN + 1][];
  private final long triggers;

  BuiltIns(List<BuiltIn> detectors) {
    byWord = where(detectors, d -> d.triggers != 0);
    byAt = where(detectors, d -> (d.triggers & Topic.AT_WORD.bit()) != 0);
    for (int i = 0; i < byDigits.length; i++) {
      int digits = i;
      byDigits[i] = where(detectors, d -> d.maxDigits > 0 && digits >= d.minDigits && digits <= d.maxDigits);
    }
    for (int i = 0; i < byToken.length; i++) {
      int length = i;
      byToken[i] = where(detectors, d -> d.maxToken > 0 && length >= d.minToken && length <= d.maxToken);
    }
    long all = 0;
    for (BuiltIn detector : byWord) {
      all |= detector.triggers;
    }
    triggers = all;
  }

  private static BuiltIn[] where(List<BuiltIn> detectors, Predicate<BuiltIn> wants) {
    List<BuiltIn> chosen = new ArrayList<>();
    for (BuiltIn detector : detectors) {
      if (wants.test(detector)) {
        chosen.add(detector);
      }
    }
    return chosen.toArray(new BuiltIn[0]);
  }

  /** Calls the detectors for everything the gate saw in {@code piece}; stops early if the budget ends. */
  void run(Piece piece, Budget budget, Speaker sink) {
    if ((piece.topics & triggers) != 0) {
      for (BuiltIn detector : byWord) {
        if ((piece.topics & detector.triggers) != 0 && !words(detector, piece, budget, sink)) {
          return;
        }
      }
    }
    for (BuiltIn detector : byAt) {
      sink.speaks(detector);
      for (int i = 0; i < piece.ats; i++) {
        if (!budget.spend(STEPS_PER_CALL)) {
          return;
        }
        detector.onAt(piece, piece.at[i], sink);
      }
    }
    if (piece.digitRuns > 0) {
      new DigitSpans(this, piece, budget, sink).walk();
    }
  }

  private static boolean words(BuiltIn detector, Piece piece, Budget budget, Speaker sink) {
    sink.speaks(detector);
    int steps = detector.stepsPerWord();
    for (int i = 0; i < piece.hits; i++) {
      if ((piece.hitTopics[i] & detector.triggers) != 0) {
        if (!budget.spend(steps)) {
          return false;
        }
        detector.onWord(piece, i, sink);
      }
    }
    return true;
  }

  boolean number(DigitSpan number, Budget budget, Speaker sink) {
    BuiltIn[] wanted = byDigits[number.count];
    for (BuiltIn detector : wanted) {
      sink.speaks(detector);
      detector.onNumber(number, sink);
    }
    return budget.spend(wanted.length * 8 + 4);
  }

  /** As {@link #number}, for those that can check one by its digits. */
  boolean guessed(DigitSpan number, Budget budget, Speaker sink) {
    for (BuiltIn detector : byDigits[number.count]) {
      if (detector.checksDigits()) {
        sink.speaks(detector);
        detector.onNumber(number, sink);
      }
    }
    return budget.spend(STEPS_PER_CALL);
  }

  boolean token(Piece piece, int start, int end, Budget budget, Speaker sink) {
    BuiltIn[] wanted = byToken[end - start];
    for (BuiltIn detector : wanted) {
      sink.speaks(detector);
      detector.onToken(piece, start, end, sink);
    }
    return budget.spend(wanted.length * 8 + 4);
  }
}
