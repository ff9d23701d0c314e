package io.tidegate.ingress;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Finds media that an upstream would fetch by itself: a request out of the private zone that no gate sees (decisions 2). Looks at every key
 * of the document but those of JSON schemas ({@code tools}, {@code functions}, {@code response_format}), where such a name is only a
 * property. A {@code data:} URI passes: it holds what it shows.
 */
final class RemoteMedia {
  private static final String[] KEYS = {"image_url", "video_url", "audio_url", "file_url"};
  private static final String[] SCHEMAS = {"tools", "functions", "response_format"};

  private RemoteMedia() {}

  static @Nullable ErrorAnswer find(JsonText json) {
    int end = json.next(0);
    for (int key = 1; key < end; key = json.next(key + 1)) {
      if (matches(json, key, SCHEMAS)) {
        continue;
      }
      int valueEnd = json.next(key + 1);
      for (int node = key; node < valueEnd; node++) {
        if (json.isKey(node) && matches(json, node, KEYS) && remote(json, node + 1)) {
          return RequestReader.wrong(json.path(node + 1), "Only data: URIs are accepted: an upstream must not fetch from elsewhere.");
        }
      }
    }
    return null;
  }

  private static boolean remote(JsonText json, int value) {
    return switch (json.kind(value)) {
      case STRING -> !embedded(json, value);
      case OBJECT -> {
        int url = json.member(value, "url");
        yield url >= 0 && (json.kind(url) != Kind.STRING || !embedded(json, url));
      }
      case NULL -> false;
      default -> true;
    };
  }

  private static boolean embedded(JsonText json, int string) {
    if (json.escaped(string)) {
      return json.string(string).startsWith("data:");
    }
    int start = json.start(string) + 1;
    return json.end(string) - start > 5 && json.at(start) == 'd' && json.at(start + 1) == 'a' && json.at(start + 2) == 't'
        && json.at(start + 3) == 'a' && json.at(start + 4) == ':';
  }

  /** Keys longer or shorter than any name are passed over by their raw length. */
  private static boolean matches(JsonText json, int key, String[] names) {
    boolean escaped = json.escaped(key);
    int length = json.end(key) - json.start(key) - 2;
    for (String name : names) {
      if ((escaped || length == name.length()) && json.stringEquals(key, name)) {
        return true;
      }
    }
    return false;
  }
}
