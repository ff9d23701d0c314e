package io.tidegate.transform;

import io.tidegate.model.Pseudonyms;
import io.tidegate.wire.JsonText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of one text: cleaned, or an obstacle. Prints no content (G3). */
public final class Cleaned {
  private final @Nullable JsonText text;
  private final Pseudonyms pseudonyms;
  private final @Nullable Obstacle obstacle;

  private Cleaned(@Nullable JsonText text, Pseudonyms pseudonyms, @Nullable Obstacle obstacle) {
    this.text = text;
    this.pseudonyms = pseudonyms;
    this.obstacle = obstacle;
  }

  static Cleaned of(JsonText text, Pseudonyms pseudonyms) {
    return new Cleaned(text, pseudonyms, null);
  }

  static Cleaned not(Obstacle obstacle) {
    return new Cleaned(null, Pseudonyms.NONE, obstacle);
  }

  /** The cleaned text; empty if there is an obstacle. */
  public Optional<JsonText> text() {
    return Optional.ofNullable(text);
  }

  /** What to give back in the answer; empty for what cannot be undone. */
  public Pseudonyms pseudonyms() {
    return pseudonyms;
  }

  /** Why there is no text. */
  public Optional<Obstacle> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  @Override
  public String toString() {
    return "Cleaned[" + (obstacle == null ? pseudonyms : obstacle) + "]";
  }
}
