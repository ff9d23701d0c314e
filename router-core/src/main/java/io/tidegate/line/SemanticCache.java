package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.policy.Verdict.Semantic;
import io.tidegate.time.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the question, answered before, that asks the same in other words; implemented by {@code embed}. Any loop; never blocks. Only asked where the
 * decision's cache rights have a {@link Semantic}.
 */
public interface SemanticCache {
  /** Finds nothing. */
  SemanticCache OFF = (decision, terms, loop, done) -> null;

  /**
   * Begins to look.
   *
   * @param done called once, on {@code loop}, after this has returned and within the configured time, with what was found or null; never called if
   *     this returns null
   * @return null if the request is one that is not told by its words
   */
  @Nullable Question ask(Decision decision, Semantic terms, Loop loop, Consumer<@Nullable Found> done);

  /** @param score cosine of the two questions' vectors */
  record Found(Key key, float score) {}

  /** A question that was asked. On its loop. */
  interface Question {
    /** Its answer was stored under {@code key}: it may answer others like it for as long as the answer is fresh. */
    void answered(Key key, Stored answer);

    /** What was found is not in the cache any more. */
    void gone(Key key);

    /** What came of it, for the meters. */
    void used(Use use);
  }

  /** What came of a question that was found. */
  enum Use { SERVED, SHADOWED, GONE }
}
