package io.tidegate.plugin;

import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.plugin.v1.Text;
import io.tidegate.wire.JsonText;
import org.jspecify.annotations.Nullable;

/** Every string of a request's body as a question. */
final class RequestTexts {
  private RequestTexts() {}

  /** The question; null if the strings are longer than {@code maxBytes} together. */
  static @Nullable InspectRequest of(String requestId, JsonText json, int maxBytes) {
    long bytes = 0;
    InspectRequest.Builder question = InspectRequest.newBuilder().setRequestId(requestId);
    for (int node = 0; node < json.size(); node++) {
      if (json.kind(node) == JsonText.Kind.STRING) {
        // Escapes only ever make the raw text longer than what it stands for.
        bytes += json.end(node) - json.start(node) - 2;
        if (bytes > maxBytes) {
          return null;
        }
        question.addTexts(Text.newBuilder().setPlace(node).setText(json.string(node)));
      }
    }
    return question.build();
  }
}
