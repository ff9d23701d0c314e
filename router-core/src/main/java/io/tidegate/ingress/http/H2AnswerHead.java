package io.tidegate.ingress.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/** Response headers for HTTP/2, the same as HTTP/1's. */
final class H2AnswerHead {
  private static final AsciiString OK = new AsciiString("200");
  private static final AsciiString TYPE = new AsciiString("content-type");
  private static final AsciiString LENGTH = new AsciiString("content-length");
  private static final AsciiString JSON = new AsciiString("application/json");
  private static final AsciiString BYTES = new AsciiString("application/octet-stream");
  private static final AsciiString EVENTS = new AsciiString("text/event-stream; charset=utf-8");
  private static final AsciiString CACHE_CONTROL = new AsciiString("cache-control");
  private static final AsciiString NO_CACHE = new AsciiString("no-cache");
  private static final AsciiString DATE = new AsciiString("date");
  private static final AsciiString REQUEST_ID = new AsciiString("x-request-id");
  private static final AsciiString OWN_ID = new AsciiString("x-tidegate-request-id");
  private static final AsciiString ATTEMPTS = new AsciiString("x-tidegate-attempts");
  private static final AsciiString LEFT = new AsciiString("x-tidegate-left");
  private static final AsciiString SHOULD_RETRY = new AsciiString("x-should-retry");
  private static final AsciiString RETRY_AFTER = new AsciiString("retry-after");
  private static final AsciiString ALLOW = new AsciiString("allow");
  private static final AsciiString AUTHENTICATE = new AsciiString("www-authenticate");

  private H2AnswerHead() {}

  static Http2Headers complete(LoopState state, String id, @Nullable RouteInfo route, int length) {
    return common(state, OK, JSON, id, route).set(LENGTH, String.valueOf(length));
  }

  static Http2Headers content(LoopState state, String id, long length) {
    return common(state, OK, BYTES, id, null).set(LENGTH, String.valueOf(length));
  }

  static Http2Headers stream(LoopState state, String id, RouteInfo route) {
    return common(state, OK, EVENTS, id, route).set(CACHE_CONTROL, NO_CACHE);
  }

  static Http2Headers error(LoopState state, String id, @Nullable RouteInfo route, ErrorAnswer error, int length) {
    Http2Headers headers = common(state, String.valueOf(error.httpStatus()), JSON, id, route).set(LENGTH, String.valueOf(length));
    if (!error.refusal().repeatMayHelp()) {
      headers.set(SHOULD_RETRY, "false");
    }
    int wait = ErrorJson.retryAfterSeconds(error);
    if (wait > 0) {
      headers.set(RETRY_AFTER, String.valueOf(wait));
    }
    if (error.refusal() == Refusal.METHOD_NOT_ALLOWED) {
      headers.set(ALLOW, Faults.allowed(error));
    }
    if (error.refusal() == Refusal.UNAUTHENTICATED) {
      headers.set(AUTHENTICATE, "Bearer");
    }
    return headers;
  }

  /** Unchecked by Netty: every value is a constant, a number, an id of ours, or was cleaned when its block was made. */
  private static Http2Headers common(LoopState state, CharSequence status, AsciiString type, String id, @Nullable RouteInfo route) {
    Http2Headers headers = new DefaultHttp2Headers(false, 16).status(status);
    headers.set(TYPE, type).set(DATE, state.date()).set(REQUEST_ID, id).set(OWN_ID, id);
    if (route != null) {
      AsciiString[] pairs = state.heads.of(route).http2;
      for (int i = 0; i < pairs.length; i += 2) {
        headers.set(pairs[i], pairs[i + 1]);
      }
      headers.set(ATTEMPTS, String.valueOf(route.attempts()));
      if (!route.left().isEmpty()) {
        headers.set(LEFT, AnswerHeads.left(route));
      }
    }
    return headers;
  }
}
