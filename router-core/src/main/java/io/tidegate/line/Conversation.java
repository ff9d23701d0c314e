package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.model.ModelRequest;
import java.util.function.Function;

/** Puts a conversation's label into a decision, and the decision's class into the label: class of a turn = max over the session (decisions 11). */
final class Conversation {
  private Conversation() {}

  /**
   * Decides a turn. The label is asked before and noted after, before anything is sent or answered. A request without a session pays nothing.
   *
   * @param decide makes the decision; what is transformed later does not lower what is noted
   */
  static Decision turn(SessionLabels labels, ModelRequest request, Function<ModelRequest, Decision> decide) {
    String id = request.session();
    if (id == null) {
      return decide.apply(request);
    }
    SessionLabels.Session session = labels.of(request.caller().tenant(), id);
    Decision made = decide.apply(request.labelled(session.label()));
    session.raise(made.sensitivity());
    return made;
  }

  /** The request with its conversation's label, for a decision that is shown and not acted on: nothing is noted. */
  static ModelRequest seen(SessionLabels labels, ModelRequest request) {
    String id = request.session();
    return id == null ? request : request.labelled(labels.of(request.caller().tenant(), id).label());
  }
}
