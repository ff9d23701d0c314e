package io.tidegate.admin;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done for a request.
 *
 * @param on where; null if the answer is there already, or comes by itself
 * @param make the answer of the body
 * @param bodyBytes the longest body that is read; 0 if none is waited for
 * @param watch instead of all that: a stream of snapshots
 * @param later instead of {@code make}: begun on the connection's loop, done on any thread
 */
record Plan(@Nullable Executor on, Function<byte[], Answer> make, int bodyBytes, boolean watch, @Nullable Supplier<CompletionStage<Answer>> later) {
  static final Plan WATCH = new Plan(null, Plan::none, 0, true, null);

  private static Answer none(byte[] body) {
    throw new IllegalStateException("it is not made of a body");
  }

  static Plan now(Answer answer) {
    return new Plan(null, body -> answer, 0, false, null);
  }

  /** Needs no thread: it comes although every pool is full. */
  static Plan later(Supplier<CompletionStage<Answer>> answer) {
    return new Plan(null, Plan::none, 0, false, answer);
  }

  static Plan on(Executor executor, Supplier<Answer> make) {
    return new Plan(executor, body -> make.get(), 0, false, null);
  }

  static Plan reading(Executor executor, int mostBytes, Function<byte[], Answer> make) {
    return new Plan(executor, make, mostBytes, false, null);
  }
}
