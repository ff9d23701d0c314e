package io.tidegate.assay.proof;

import io.tidegate.assay.world.Rehearsal;
import io.tidegate.classify.ClassifierConfig;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.model.Findings.Trouble;
import org.jspecify.annotations.Nullable;

/** Reports on marked text what the content at hand is made to hold. Confined to the thread of its proof. */
final class ScriptedDetector implements Detector {
  /** A proof's own bounds: fewer findings are soon too many, and the same code says so. */
  static final ClassifierConfig BOUNDS = new ClassifierConfig(ClassifierConfig.DEFAULT.totalSteps(), 48, ClassifierConfig.DEFAULT.maxDecodedChars(),
      ClassifierConfig.DEFAULT.maxViews());

  private @Nullable ContentKind content;

  void show(ContentKind next) {
    content = next;
  }

  @Override
  public String id() {
    return "rehearsal";
  }

  @Override
  public void inspect(TextView text, Budget budget, Sink sink) {
    ContentKind shown = content;
    int length = Rehearsal.MARKER.length();
    if (shown == null || !budget.spend(1) || text.length() < length) {
      return;
    }
    int at = new String(text.array(), 0, text.length()).indexOf(Rehearsal.MARKER);
    if (at < 0) {
      return;
    }
    if (shown.trouble() == Trouble.DETECTOR_FAILED) {
      throw new IllegalStateException("as the content says");
    }
    if (shown.trouble() == Trouble.BUDGET_SPENT) {
      while (budget.spend(Integer.MAX_VALUE)) {
        // Until nothing is left.
      }
      return;
    }
    for (ContentKind.Found found : shown.found()) {
      // Of two places only the first: what a transformation leaves must be found by the second scan.
      sink.found(found.type(), at, at + length, found.likelihood());
    }
    if (shown.trouble() == Trouble.OVERFLOW) {
      overflow(sink, shown, at, length);
    }
  }

  private static void overflow(Sink sink, ContentKind shown, int at, int length) {
    ContentKind.Found found = shown.found().get(0);
    // Another place each time: equal findings are kept once.
    for (int start = 0; start < length; start++) {
      for (int end = start + 1; end <= length; end++) {
        sink.found(found.type(), at + start, at + end, found.likelihood());
      }
    }
  }
}
