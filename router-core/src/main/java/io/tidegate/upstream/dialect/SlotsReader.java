package io.tidegate.upstream.dialect;

import io.tidegate.dispatch.ServerLoad;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.Optional;

/** llama.cpp's {@code /slots} → what it says of the load. Numbers only: some builds put prompts there, which nobody looks at. Pure. */
public final class SlotsReader {
  /** More is not read. */
  public static final int MAX_BODY_BYTES = 256 << 10;
  private static final int MAX_SLOTS = 4096;
  private static final JsonLimits LIMITS = new JsonLimits(16, 100_000, 64, 1_000);

  private SlotsReader() {}

  /** @param body consumed; empty if it is not a list of slots */
  public static Optional<ServerLoad> read(byte[] body) {
    try {
      JsonText json = JsonText.parse(body, LIMITS);
      if (json.kind(0) != Kind.ARRAY) {
        return Optional.empty();
      }
      int slots = 0;
      int busy = 0;
      long left = 0;
      for (int slot = 1; slot < json.size(); slot = json.next(slot)) {
        slots++;
        int processing = json.member(slot, "is_processing");
        int state = json.member(slot, "state");
        // Before September 2024: state 0 for idle.
        boolean works = processing >= 0 ? json.kind(processing) == Kind.TRUE : state >= 0 && json.number(state) > 0;
        if (works) {
          busy++;
          left += Math.max(0, number(json, slot, "n_prompt_tokens") - number(json, slot, "n_prompt_tokens_processed"));
        }
      }
      return slots < 1 || slots > MAX_SLOTS ? Optional.empty() : Optional.of(new ServerLoad(slots, busy, left));
    } catch (JsonException notJson) {
      return Optional.empty();
    }
  }

  private static long number(JsonText json, int slot, String name) {
    int node = json.member(slot, name);
    double value = node < 0 ? 0 : json.number(node);
    return value >= 0 && value < 1e12 ? (long) value : 0;
  }
}
