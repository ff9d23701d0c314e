package io.tidegate.line;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import java.util.List;

/** Walks one request through the rooms. The edges' door to everything inside. */
public interface Line {
  /** Begins the walk of {@code request}, on {@code loop}; answers go to {@code sink}, possibly before this returns. */
  Walk walk(ModelRequest request, AnswerSink sink, Loop loop);

  /**
   * Begins a batch of independent requests, none of them a stream, on {@code loop}; answers go to {@code sink}, possibly before this returns.
   *
   * @param parallel most of them under way at a time
   */
  Walk batch(List<ModelRequest> requests, int parallel, BatchSink sink, Loop loop);

  /**
   * Classifies and decides, and sends nothing (gRPC {@code Classify}). {@code done} is called on the loop, possibly before this returns, with a
   * route (destination and upstream are what a walk would try first) or an error.
   */
  void classify(ModelRequest request, Loop loop, Classified done);

  /** {@code GET /v1/models}: OpenAI's list as JSON in UTF-8, asks no upstream (decisions 36). */
  byte[] models();

  /** Takes the outcome of {@link #classify}. */
  interface Classified {
    void decided(RouteInfo route, java.util.List<io.tidegate.model.Finding> findings, java.util.List<io.tidegate.model.Destination> order);

    void refused(ErrorAnswer error);
  }

  /** A request under way. On the loop only. */
  interface Walk {
    /** The caller left: frees the upstream at once; the sink is not called again. */
    void cancel();

    /** The sink is writable again. */
    void writable();
  }
}
