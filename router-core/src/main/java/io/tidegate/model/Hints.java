package io.tidegate.model;

import java.util.HashSet;
import java.util.Set;

/**
 * What an endpoint says of itself that it takes. Hints narrow and never widen (G1): whatever they say, an endpoint gets only what it would get without
 * them, and of that only what they name. Immutable.
 *
 * @param clearance the highest sensitivity it takes
 * @param models the names it serves; none means all that its upstream serves
 * @param context tokens that fit into one request and its answer together; 0 if it does not say
 * @param slots requests it takes at a time; 0 if it does not say
 */
public record Hints(Sensitivity clearance, Set<String> models, int context, int slots) {
  /** It says nothing, and takes what its upstream takes. */
  public static final Hints NONE = new Hints(Sensitivity.RESTRICTED, Set.of(), 0, 0);
  /** More bytes than a token has in any text that is not made for it: what does not fit by this measure does not fit. */
  private static final int MOST_BYTES_PER_TOKEN = 6;

  public Hints {
    models = Set.copyOf(models);
  }

  /** What both take. */
  public Hints and(Hints other) {
    Set<String> both = models.isEmpty() ? other.models : models;
    if (!models.isEmpty() && !other.models.isEmpty()) {
      both = new HashSet<>(models);
      both.retainAll(other.models);
      if (both.isEmpty()) {
        // No model has this name, so none is taken.
        both.add("");
      }
    }
    return new Hints(clearance.compareTo(other.clearance) <= 0 ? clearance : other.clearance, both, least(context, other.context),
        least(slots, other.slots));
  }

  /** Whether it takes the same requests as {@code other}, however many at a time. */
  public boolean takesAs(Hints other) {
    return clearance == other.clearance && context == other.context && models.equals(other.models);
  }

  private static int least(int one, int other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }

  /** Whether content of this sensitivity may go there. */
  public boolean clears(Sensitivity sensitivity) {
    return sensitivity.compareTo(clearance) <= 0;
  }

  /**
   * Whether a request may go there.
   *
   * @param model the name that is sent
   * @param bodyBytes of the request
   * @param answerTokens it asks for at most; 0 if it does not say
   */
  public boolean take(Sensitivity sensitivity, String model, int bodyBytes, long answerTokens) {
    return clears(sensitivity) && (models.isEmpty() || models.contains(model)) && (context == 0 || bodyBytes / MOST_BYTES_PER_TOKEN + answerTokens <= context);
  }
}
