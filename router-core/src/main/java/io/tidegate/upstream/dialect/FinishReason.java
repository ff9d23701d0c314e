package io.tidegate.upstream.dialect;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.wire.JsonText;
import org.jspecify.annotations.Nullable;

/** Finish reasons that OpenAI does not know and that mean a cut (DeepSeek, vLLM, Ollama). */
final class FinishReason {
  private FinishReason() {}

  /**
   * Null for an ordinary reason. Otherwise the answer was cut: an attempt without content failed so; one with content ends as {@code length}.
   */
  static @Nullable Kind cut(JsonText json, int reason) {
    if (json.stringEquals(reason, "insufficient_system_resource")) {
      return Kind.BUSY;
    }
    boolean fault = json.stringEquals(reason, "abort") || json.stringEquals(reason, "error") || json.stringEquals(reason, "load")
        || json.stringEquals(reason, "unload");
    return fault ? Kind.SERVER_ERROR : null;
  }
}
