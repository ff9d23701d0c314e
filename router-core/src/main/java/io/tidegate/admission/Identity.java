package io.tidegate.admission;

import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import java.util.function.Function;

/** What admission found out about the sender of a request. */
public sealed interface Identity {
  /** Continues with whichever case this is. */
  <T> T fold(Function<Caller, T> known, Function<ErrorAnswer, T> refused);

  /** The sender is {@code caller}. */
  record Known(Caller caller) implements Identity {
    @Override
    public <T> T fold(Function<Caller, T> known, Function<ErrorAnswer, T> refused) {
      return known.apply(caller);
    }
  }

  /** The sender proved nothing; {@code answer} is the same for a missing, a malformed and an unknown key. */
  record Refused(ErrorAnswer answer) implements Identity {
    @Override
    public <T> T fold(Function<Caller, T> known, Function<ErrorAnswer, T> refused) {
      return refused.apply(answer);
    }
  }
}
