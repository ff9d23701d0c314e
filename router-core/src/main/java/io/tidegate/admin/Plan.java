package io.tidegate.admin;

import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done for a request.
 *
 * @param on where; null if the answer is there already
 * @param make the answer of the body
 * @param bodyBytes the longest body that is read; 0 if none is waited for
 * @param watch instead of all that: a stream of snapshots
 */
record Plan(@Nullable Executor on, Function<byte[], Answer> make, int bodyBytes, boolean watch) {
  static final Plan WATCH = new Plan(null, body -> {
    throw new IllegalStateException("a stream is no answer");
  }, 0, true);

  static Plan now(Answer answer) {
    return new Plan(null, body -> answer, 0, false);
  }

  static Plan on(Executor executor, Supplier<Answer> make) {
    return new Plan(executor, body -> make.get(), 0, false);
  }

  static Plan reading(Executor executor, int mostBytes, Function<byte[], Answer> make) {
    return new Plan(executor, make, mostBytes, false);
  }
}
