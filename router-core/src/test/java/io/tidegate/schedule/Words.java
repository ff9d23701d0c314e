package io.tidegate.schedule;

import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.model.Likelihood;

/** Finds {@code SECRETWORD} and {@code CONTACT…}; throws where a text says {@code BRITTLE}, as a broken detector would. */
final class Words implements Detector {
  static final Words INSTANCE = new Words();

  private Words() {}

  @Override
  public String id() {
    return "words";
  }

  @Override
  public void inspect(TextView text, Budget budget, Sink sink) {
    if (!budget.spend(text.length())) {
      return;
    }
    String all = new String(text.array(), 0, text.length());
    if (all.contains("BRITTLE")) {
      throw new IllegalStateException("a detector that fails");
    }
    report(all, "SECRETWORD", "SECRET", sink);
    report(all, "CONTACT", "EMAIL", sink);
  }

  private static void report(String all, String word, String type, Sink sink) {
    for (int at = all.indexOf(word); at >= 0; at = all.indexOf(word, at + 1)) {
      int end = at + word.length();
      while (end < all.length() && Character.isLetterOrDigit(all.charAt(end))) {
        end++;
      }
      sink.found(type, at, end, Likelihood.VERY_LIKELY);
    }
  }
}
