package io.tidegate.transform;

import io.tidegate.model.Transformation;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.BitSet;

/** Which strings of a request are text that may be rewritten, rather than keys, names of roles and types, or labels that rules read. */
final class TextNodes {
  private static final String[] STEERING = {"role", "type", "object"};
  private static final String[] OF_THE_ROOT = {"model", "metadata", "stream_options", "service_tier", "reasoning_effort"};

  private final JsonText json;
  private final BitSet steering = new BitSet();
  /** Values of {@code name}: upstreams take letters, digits, {@code _} and {@code -} only. */
  private final BitSet names = new BitSet();

  TextNodes(JsonText json) {
    this.json = json;
    for (String member : OF_THE_ROOT) {
      int node = json.member(0, member);
      if (node >= 0) {
        steering.set(node, json.next(node));
      }
    }
    for (int node = 0; node + 1 < json.size(); node++) {
      if (json.kind(node) == Kind.STRING && json.isKey(node)) {
        steering.set(node);
        if (json.kind(node + 1) == Kind.STRING) {
          for (String name : STEERING) {
            if (json.stringEquals(node, name)) {
              steering.set(node + 1);
            }
          }
          if (json.stringEquals(node, "name")) {
            names.set(node + 1);
          }
        }
      }
    }
  }

  /** Whether a value in the string {@code node} may be replaced by what {@code kind} makes of it. */
  boolean replaceable(int node, Transformation kind) {
    return json.kind(node) == Kind.STRING && !steering.get(node) && (kind == Transformation.PSEUDONYMISE || !names.get(node));
  }

  /** Whether {@code text} is a JSON object or array, as arguments of tool calls are. */
  static boolean isJson(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith("{") && !trimmed.startsWith("[")) {
      return false;
    }
    try {
      JsonText.parse(Transformer.utf8(trimmed), JsonLimits.DEFAULT);
      return true;
    } catch (JsonException e) {
      return false;
    }
  }
}
