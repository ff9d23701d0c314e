package io.tidegate.daemon;

import io.tidegate.model.Problem;
import java.util.List;

/** The daemon cannot start with what it was given: exit 78. Carries the problems to show, all at once. */
public final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public StartFailure(String message, List<Problem> problems) {
    super(message);
    this.problems = List.copyOf(problems);
  }

  public StartFailure(String message, Throwable cause) {
    super(message, cause);
    this.problems = List.of();
  }

  public List<Problem> problems() {
    return problems;
  }
}
