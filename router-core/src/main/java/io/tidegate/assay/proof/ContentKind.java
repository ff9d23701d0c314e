package io.tidegate.assay.proof;

import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kind of content, sensitive by construction.
 *
 * @param words how a report names it
 * @param least what it is, whatever the policy says; PUBLIC for what a policy may treat as it likes
 * @param why in words, for a report
 * @param type the entity type in it; null for none
 * @param found what the rehearsal's detector reports on it
 * @param trouble what goes wrong while it is scanned; null for nothing
 * @param declared what its sender says it is
 * @param text the user's message
 * @param marker what stands in the text and must not leave with it
 * @param form how the text is packed
 */
record ContentKind(String words, Sensitivity least, String why, @Nullable String type, List<Found> found, @Nullable Trouble trouble, Sensitivity declared,
    String text, String marker, Form form) {
  ContentKind {
    found = List.copyOf(found);
  }

  record Found(String type, Likelihood likelihood) {}

  enum Form { TEXT, IMAGE }

  /** Without the text: made-up values look like what detectors look for. */
  @Override
  public String toString() {
    return "ContentKind[" + words + "]";
  }
}
