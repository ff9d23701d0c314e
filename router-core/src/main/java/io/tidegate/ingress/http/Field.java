package io.tidegate.ingress.http;

import io.tidegate.model.ErrorAnswer;
import org.jspecify.annotations.Nullable;

/**
 * The request headers that are read; all others are ignored, none is ever forwarded (hazards A8, D2). Names are matched in any case with
 * {@code _} counted as {@code -}, so that no other party can read a name that we did not.
 */
enum Field {
  HOST("host"),
  ORIGIN("origin"),
  EXPECT("expect"),
  CONNECTION("connection"),
  CONTENT_TYPE("content-type"),
  AUTHORIZATION("authorization"),
  CACHE_CONTROL("cache-control"),
  CONTENT_LENGTH("content-length"),
  CONTENT_ENCODING("content-encoding"),
  TRANSFER_ENCODING("transfer-encoding"),
  STAINLESS_TIMEOUT("x-stainless-timeout"),
  STAINLESS_READ_TIMEOUT("x-stainless-read-timeout"),
  SENSITIVITY("x-tidegate-sensitivity"),
  LATENCY_CLASS("x-tidegate-latency-class"),
  SESSION("x-tidegate-session"),
  /** Read only where regions are told by the address. */
  FORWARDED_FOR("x-forwarded-for"),
  TRACE_PARENT("traceparent"),
  TRACE_STATE("tracestate"),
  /** HTTP/2 forbids these four, and {@code transfer-encoding}, {@code connection} (RFC 9113 section 8.2.2). */
  KEEP_ALIVE("keep-alive"),
  PROXY_CONNECTION("proxy-connection"),
  UPGRADE("upgrade"),
  TE("te");

  /** Names of ours that are not in this list are stripped, but must not come twice. */
  static final String INTERNAL_PREFIX = "x-tidegate-";

  private static final Field[][] BY_LENGTH = new Field[32][];

  static {
    for (int length = 0; length < BY_LENGTH.length; length++) {
      int wanted = length;
      BY_LENGTH[length] = java.util.Arrays.stream(values()).filter(f -> f.lower.length() == wanted).toArray(Field[]::new);
    }
  }

  private final String lower;
  /** The answer where it came twice and may come once. */
  final ErrorAnswer twice;

  Field(String lower) {
    this.lower = lower;
    this.twice = Faults.twice(lower);
  }

  /** The header that {@code bytes[start, end)} names, or null. */
  static @Nullable Field of(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length >= BY_LENGTH.length) {
      return null;
    }
    for (Field field : BY_LENGTH[length]) {
      // The last byte differs between most names of one length: one look dismisses them.
      if (Ascii.fold(bytes[end - 1]) == field.lower.charAt(length - 1) && Ascii.foldedStart(bytes, start, end, field.lower)) {
        return field;
      }
    }
    return null;
  }
}
