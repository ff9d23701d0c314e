package io.tidegate.embed;

import io.tidegate.line.AnswerSink;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;

/** The line's door for requests of the daemon's own. */
@FunctionalInterface
public interface Way {
  /** Begins the walk of {@code request}, on {@code loop}. */
  void walk(ModelRequest request, AnswerSink sink, Loop loop);
}
