package io.tidegate.line;

import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;
import java.util.function.Consumer;

/**
 * Detectors in processes of their own (decisions 19); implemented by {@code plugin}. What they see is joined to what the built-in ones see: it can
 * raise, never lower. Whoever does not answer in time, answers nonsense or has no room leaves {@code DETECTOR_FAILED} behind: RESTRICTED (G2).
 */
public interface ExternalDetectors {
  /** There are none. */
  ExternalDetectors NONE = new ExternalDetectors() {
    @Override
    public boolean none() {
      return true;
    }

    @Override
    public Question ask(ModelRequest request, Loop loop, Consumer<Findings> done) {
      throw new IllegalStateException("there is nobody to ask");
    }
  };

  /** Whether nobody need be asked: a scan then pays nothing. */
  boolean none();

  /**
   * Asks all of them about {@code request}.
   *
   * @param done called exactly once, on {@code loop}, after this returns or before; never after {@link Question#cancel}
   */
  Question ask(ModelRequest request, Loop loop, Consumer<Findings> done);

  /** A question under way. */
  interface Question {
    /** Nobody waits any more. On the loop. */
    void cancel();
  }
}
