package io.tidegate.ingress.http;

import org.jspecify.annotations.Nullable;

/** The methods a request line may name. Anything else is not HTTP to us. */
enum Method {
  POST, GET, HEAD, PUT, DELETE, PATCH, OPTIONS, CONNECT, TRACE;

  private static final Method[] ALL = values();

  /** The method spelled by {@code bytes[start, end)}, or null. */
  static @Nullable Method of(byte[] bytes, int start, int end) {
    for (Method method : ALL) {
      String name = method.name();
      if (name.length() == end - start && Ascii.equal(bytes, start, name)) {
        return method;
      }
    }
    return null;
  }
}
