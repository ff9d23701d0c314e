package io.tidegate.model;

import java.util.Locale;

/**
 * Another question, answered before, that asks the same as a request in other words.
 *
 * @param body keyed digest of the request that was answered, as its own decision record names it; 64 hex digits
 * @param score cosine of the two questions' vectors
 * @param served whether its answer was given; false where it only would have been
 */
public record Likeness(String body, float score, boolean served) {
  /** For people. */
  public String words() {
    return (served ? "answered like" : "would have been answered like") + " the request with body digest " + body + ", likeness " + rounded();
  }

  /** The score with four digits. */
  public String rounded() {
    return String.format(Locale.ROOT, "%.4f", score);
  }
}
