package io.tidegate.daemon.policy;

import io.tidegate.model.Problem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bundle did not pass, and nothing has changed. Says why, with every problem that was found. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final Stage stage;
  private final transient List<Problem> problems;
  private final @Nullable Instant retryAt;

  Refused(Stage stage, List<Problem> problems, @Nullable Instant retryAt) {
    super("refused: " + stage.word());
    this.stage = stage;
    this.problems = List.copyOf(problems);
    this.retryAt = retryAt;
  }

  Refused(Stage stage, List<Problem> problems) {
    this(stage, problems, null);
  }

  Refused(Stage stage, String file, String message, String fix) {
    this(stage, List.of(new Problem(file, 0, 0, message, fix)));
  }

  Stage stage() {
    return stage;
  }

  List<Problem> problems() {
    return problems;
  }

  /** When trying again may help although nothing was written; null if it will not. */
  @Nullable Instant retryAt() {
    return retryAt;
  }
}
