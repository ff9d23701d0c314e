package io.tidegate.ingress;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import java.util.function.Function;

/** What became of a body: a request, or the error that answers it. */
public sealed interface Reading {
  <T> T fold(Function<? super ModelRequest, T> accepted, Function<? super ErrorAnswer, T> refused);

  /** The body holds what routing needs and nothing that is refused. */
  record Accepted(ModelRequest request) implements Reading {
    @Override
    public <T> T fold(Function<? super ModelRequest, T> accepted, Function<? super ErrorAnswer, T> refused) {
      return accepted.apply(request);
    }
  }

  /** The error names the field, or the rule of JSON and the byte. */
  record Refused(ErrorAnswer error) implements Reading {
    @Override
    public <T> T fold(Function<? super ModelRequest, T> accepted, Function<? super ErrorAnswer, T> refused) {
      return refused.apply(error);
    }
  }
}
