package io.tidegate.jobs;

import io.tidegate.model.ErrorAnswer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model side: asks one line as if it had come by itself. Plugged in by the daemon. Called on the jobs' thread. */
public interface Asker {
  /** What stands for the policy in force: while it is the same object, what {@link #around} said still holds. A line is decided by the one its neighbours were read by (A10). */
  Object rules();

  /**
   * What lines that stand together say beyond each by itself (decisions 12).
   *
   * @param rules from {@link #rules}
   * @param bodies of neighbouring lines, in the order of the file
   * @return for each its addition, to be handed to {@link #ask}; null for nothing
   */
  List<@Nullable Object> around(Object rules, List<byte[]> bodies);

  /**
   * Asks.
   *
   * @param endpoint the path of the line's operation
   * @param body the line's request, consumed
   * @param rules those that {@link #around} was asked with
   * @param around from {@link #around}
   * @param done told once, on any thread, possibly before this returns
   */
  Asked ask(JobFacts job, String endpoint, byte[] body, Object rules, @Nullable Object around, Done done);

  /** A line under way. */
  @FunctionalInterface
  interface Asked {
    /** Frees what it holds; {@link Done} may still be told. */
    void cancel();
  }

  /** Takes a line's end. */
  interface Done {
    /**
     * @param requestId of this asking
     * @param route JSON object: where it went and why
     * @param json the whole answer
     */
    void answered(String requestId, byte[] route, byte[] json);

    void refused(@Nullable String requestId, byte @Nullable [] route, ErrorAnswer error);
  }
}
