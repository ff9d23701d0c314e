package io.tidegate.line;

import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which endpoints say that they take one request: those that do not are passed over as if they had been tried. Only narrows what the decision and the
 * catalog left (G1). Confined to its walk's loop.
 */
final class Suiting {
  private final Rooms rooms;
  private final ModelRequest request;
  private final Sensitivity sensitivity;
  /** Tokens the answer may have at most, 0 if the request does not say; -1 before it was looked up. */
  private long answerTokens = -1;

  /** @param sensitivity of the text as it came; what is cleaned of it is less, and so narrows no more */
  Suiting(Rooms rooms, ModelRequest request, Sensitivity sensitivity) {
    this.rooms = rooms;
    this.request = request;
    this.sensitivity = sensitivity;
  }

  boolean takes(Endpoint endpoint, String model) {
    Hints hints = endpoint.hints();
    return hints == Hints.NONE || hints.take(sensitivity, model, request.prompt().json().length(), answerTokens());
  }

  /** Whether each takes what any other of them takes. */
  static boolean alike(List<Endpoint> endpoints) {
    Hints first = endpoints.isEmpty() ? Hints.NONE : endpoints.get(0).hints();
    for (Endpoint endpoint : endpoints) {
      if (!endpoint.hints().takesAs(first)) {
        return false;
      }
    }
    return true;
  }

  /** {@code tried}, and those at {@code place} that do not take the request. */
  Set<String> leaving(Set<String> tried, String place, String model) {
    Set<String> left = tried;
    for (Endpoint endpoint : rooms.health().at(place)) {
      if (!takes(endpoint, model)) {
        left = left == tried ? new HashSet<>(tried) : left;
        left.add(endpoint.id());
      }
    }
    return left;
  }

  /** Whether there are endpoints at {@code place}, and each says that it does not take the request. */
  boolean nobodyTakes(String place, String model) {
    boolean some = false;
    for (Endpoint endpoint : rooms.health().at(place)) {
      if (takes(endpoint, model)) {
        return false;
      }
      some = true;
    }
    return some;
  }

  private long answerTokens() {
    if (answerTokens < 0) {
      JsonText json = request.prompt().json();
      answerTokens = Math.max(number(json, "max_completion_tokens"), number(json, "max_tokens"));
    }
    return answerTokens;
  }

  private static long number(JsonText json, String name) {
    int node = json.member(0, name);
    if (node < 0 || json.kind(node) != Kind.NUMBER) {
      return 0;
    }
    double value = json.number(node);
    return value >= 0 && value <= 1e9 ? (long) value : 0;
  }
}
