package io.tidegate.jobs;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reading parts of small JSON texts. */
final class JsonParts {
  private JsonParts() {}

  /** The text, or null if it is no object. */
  static @Nullable JsonText object(byte[] bytes) {
    try {
      JsonText json = JsonText.parse(bytes, JsonLimits.DEFAULT);
      return json.kind(0) == Kind.OBJECT ? json : null;
    } catch (JsonException invalid) {
      return null;
    }
  }

  /** A string member; null if there is none. */
  static @Nullable String text(JsonText json, String key) {
    int node = json.member(0, key);
    return node >= 0 && json.kind(node) == Kind.STRING ? json.string(node) : null;
  }

  static byte[] bytes(JsonText json, int node) {
    byte[] out = new byte[json.end(node) - json.start(node)];
    json.buffer().get(json.start(node), out);
    return out;
  }

  static String raw(JsonText json, int node) {
    return new String(bytes(json, node), StandardCharsets.UTF_8);
  }

  static byte[] copy(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }
}
