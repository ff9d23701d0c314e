package io.tidegate.ingress.http;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/models/NAME}: the entry of one model out of the list of all. Pure; any thread. */
final class OneModel {
  private OneModel() {}

  static boolean isAsked(String target) {
    return target.startsWith(Route.ONE_MODEL);
  }

  /** The entry that {@code target} names, which may be percent-encoded (names hold slashes and colons); null if there is none. */
  static byte @Nullable [] of(byte[] list, String target) {
    String name = target.substring(Route.ONE_MODEL.length());
    try {
      String decoded = URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
      JsonText json = JsonText.parse(list, JsonLimits.DEFAULT);
      int data = json.member(0, "data");
      for (int node = data + 1; node < json.next(data); node = json.next(node)) {
        if (json.string(json.member(node, "id")).equals(decoded)) {
          return Arrays.copyOfRange(list, json.start(node), json.end(node));
        }
      }
      return null;
    } catch (IllegalArgumentException malformed) {
      return null;
    } catch (JsonException impossible) {
      throw new IllegalStateException("the list of models is ours", impossible);
    }
  }
}
