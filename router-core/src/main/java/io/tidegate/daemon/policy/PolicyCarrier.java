package io.tidegate.daemon.policy;

import io.tidegate.model.Problem;
import java.util.List;

/** Where policies come from. A carrier is never an authority: it brings bytes, and what they are worth is found out behind it. Blocking. */
public interface PolicyCarrier {
  /** Where that is, for messages and for telling one state from another's. */
  String place();

  /** Changes when the content may have changed; cheap. Null while nothing can be told: the content must then be read. */
  @org.jspecify.annotations.Nullable Object stamp();

  /** One moment's content. */
  PolicyTexts read() throws Unreadable;

  /** Stops whatever watches. */
  default void close() {}

  /** There is nothing to read, or not of one moment. */
  final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    Unreadable(String file, String message, String fix) {
      super(message);
      this.problems = List.of(new Problem(file, 0, 0, message, fix));
    }

    /** What is wrong with it. */
    public List<Problem> problems() {
      return problems;
    }
  }
}
