package io.tidegate.upstream.dialect;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import org.jspecify.annotations.Nullable;

/**
 * An error as an upstream words it: {@code {"error":{message,type,code}}} with a code that is a string, a number or null, {@code
 * {"error":"text"}}, or vLLM's older flat {@code {"object":"error","message":…}}.
 */
final class UpstreamError {
  private final JsonText json;
  private final int object;
  private final int message;

  private UpstreamError(JsonText json, int object, int message) {
    this.json = json;
    this.object = object;
    this.message = message;
  }

  /** Null if {@code root} holds no error. */
  static @Nullable UpstreamError in(JsonText json, int root) {
    int error = json.member(root, "error");
    if (error >= 0 && json.kind(error) != Kind.NULL) {
      return json.kind(error) == Kind.OBJECT ? new UpstreamError(json, error, json.member(error, "message"))
          : new UpstreamError(json, root, error);
    }
    int flat = json.member(root, "object");
    return flat >= 0 && json.stringEquals(flat, "error") ? new UpstreamError(json, root, json.member(root, "message")) : null;
  }

  /** A bare error object: the text behind old llama.cpp's {@code error:} line, or the data of an event of that name. */
  static UpstreamError bare(JsonText json) {
    UpstreamError wrapped = in(json, 0);
    return wrapped != null ? wrapped : new UpstreamError(json, 0, json.member(0, "message"));
  }

  /** The upstream's words, unclean; null if it gave none. */
  @Nullable String message() {
    return message >= 0 && json.kind(message) == Kind.STRING ? json.string(message) : null;
  }

  /** A code from 400 to 599, as number or as digits; else 0. */
  int status() {
    int code = json.member(object, "code");
    if (code < 0) {
      return 0;
    }
    double value = json.number(code);
    if (json.kind(code) == Kind.STRING && json.end(code) - json.start(code) == 5) {
      value = 0;
      for (int i = json.start(code) + 1; i < json.end(code) - 1; i++) {
        int digit = json.at(i) - '0';
        value = digit >= 0 && digit <= 9 ? value * 10 + digit : Double.NaN;
      }
    }
    return value >= 400 && value < 600 ? (int) value : 0;
  }

  boolean isType(String type) {
    int node = json.member(object, "type");
    return node >= 0 && json.stringEquals(node, type);
  }
}
