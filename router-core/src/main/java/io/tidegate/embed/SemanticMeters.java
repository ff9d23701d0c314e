package io.tidegate.embed;

import io.tidegate.embed.OtherWords.Outcome;

/** What the semantic cache counts; any thread. */
public interface SemanticMeters {
  void outcome(Outcome outcome);
}
