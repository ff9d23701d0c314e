package io.tidegate.decide;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.HashMap;
import java.util.Map;

/** What rules may read of a body besides its findings: worked out only for a bundle that asks. */
final class BodyFacts {
  /** The OpenAI API allows 16 pairs; past this the labels cannot be trusted to be whole. */
  static final int MAX_LABELS = 64;

  private BodyFacts() {}

  /**
   * The string members of the body's {@code metadata}; other members are no labels.
   *
   * @throws IllegalStateException if there are more than {@link #MAX_LABELS}: what cannot be judged is RESTRICTED
   */
  static Map<String, String> labels(JsonText json) {
    int metadata = json.kind(0) == Kind.OBJECT ? json.member(0, "metadata") : -1;
    if (metadata < 0 || json.kind(metadata) != Kind.OBJECT) {
      return Map.of();
    }
    Map<String, String> labels = new HashMap<>();
    int end = json.next(metadata);
    for (int key = metadata + 1; key < end; key = json.next(key + 1)) {
      if (json.kind(key + 1) == Kind.STRING) {
        if (labels.size() == MAX_LABELS) {
          throw new IllegalStateException("more than " + MAX_LABELS + " labels");
        }
        labels.put(json.string(key), json.string(key + 1));
      }
    }
    return Map.copyOf(labels);
  }

  /** How many messages a chat has; 0 for other operations. */
  static int messages(JsonText json) {
    int list = json.kind(0) == Kind.OBJECT ? json.member(0, "messages") : -1;
    if (list < 0 || json.kind(list) != Kind.ARRAY) {
      return 0;
    }
    int count = 0;
    int end = json.next(list);
    for (int message = list + 1; message < end; message = json.next(message)) {
      count++;
    }
    return count;
  }
}
