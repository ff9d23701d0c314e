package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Writes HTTP/1 response heads by hand into the loop's scratch array, from parts encoded beforehand. Holds nothing between calls. Confined to
 * its loop.
 */
final class HeadWriter {
  private static final byte[] JSON_200 = Ascii.bytes("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");
  private static final byte[] CONTENT_200 = Ascii.bytes("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n");
  private static final byte[] STREAM_200 =
      Ascii.bytes("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n");
  private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");
  private static final byte[] STATUS = Ascii.bytes("HTTP/1.1 ");
  private static final byte[] JSON_TYPE = Ascii.bytes("\r\ncontent-type: application/json\r\n");
  private static final byte[] IDS = Ascii.bytes("x-request-id: ");
  private static final byte[] OWN_ID = Ascii.bytes("\r\nx-tidegate-request-id: ");
  private static final byte[] ATTEMPTS = Ascii.bytes("x-tidegate-attempts: ");
  private static final byte[] LEFT = Ascii.bytes("x-tidegate-left: ");
  private static final byte[] LENGTH = Ascii.bytes("content-length: ");
  private static final byte[] DATE = Ascii.bytes("date: ");
  private static final byte[] CLOSE = Ascii.bytes("connection: close\r\n");
  private static final byte[] KEEP = Ascii.bytes("connection: keep-alive\r\n");
  private static final byte[] NO_RETRY = Ascii.bytes("x-should-retry: false\r\n");
  private static final byte[] RETRY_AFTER = Ascii.bytes("retry-after: ");
  private static final byte[] ALLOW = Ascii.bytes("allow: ");
  /** RFC 9110 section 11.6.1: a 401 says how to prove who one is. */
  private static final byte[] AUTHENTICATE = Ascii.bytes("www-authenticate: Bearer\r\n");
  private static final byte[] CRLF = {'\r', '\n'};
  /** A body up to this size is copied behind its head, so that the two leave as one buffer. */
  private static final int COPY_BYTES = 8 << 10;

  private final LoopState state;
  private final byte[] b;
  private int n;

  HeadWriter(LoopState state) {
    this.state = state;
    this.b = state.scratch;
  }

  /** How the connection goes on after the answer, as it must be told on the wire. */
  enum Persistence {
    /** Nothing to say: HTTP/1.1 stays open. */
    OPEN,
    /** HTTP/1.0 wants to hear it. */
    OPEN_HTTP10,
    CLOSE;

    boolean open() {
      return this != CLOSE;
    }
  }

  /** Head and body of a whole answer. {@code json} is consumed. A null route is for answers that no decision was made for. */
  ByteBuf complete(ByteBufAllocator allocator, String id, @Nullable RouteInfo route, ByteBuf json, Persistence persistence) {
    start(JSON_200);
    common(id, route, persistence);
    length(json.readableBytes());
    put(CRLF);
    return with(allocator, json);
  }

  /** Head of an event stream; without chunks (HTTP/1.0) the connection's end ends it. */
  ByteBuf stream(ByteBufAllocator allocator, String id, RouteInfo route, boolean chunked, Persistence persistence) {
    start(STREAM_200);
    common(id, route, persistence);
    if (chunked) {
      put(CHUNKED);
    }
    put(CRLF);
    return allocator.ioBuffer(n + 256).writeBytes(b, 0, n);
  }

  /** Head of a file's bytes. */
  ByteBuf content(ByteBufAllocator allocator, String id, long bytes, Persistence persistence) {
    start(CONTENT_200);
    common(id, null, persistence);
    put(LENGTH);
    put(Long.toString(bytes));
    put(CRLF);
    put(CRLF);
    return allocator.ioBuffer(n).writeBytes(b, 0, n);
  }

  /** An error. {@code headOnly}: the request was a HEAD, which gets no body. */
  ByteBuf error(ByteBufAllocator allocator, String id, @Nullable RouteInfo route, ErrorAnswer error, boolean headOnly,
      Persistence persistence) {
    byte[] json = ErrorJson.of(error);
    start(STATUS);
    put(error.httpStatus());
    b[n++] = ' ';
    put(reason(error.httpStatus()));
    put(JSON_TYPE);
    common(id, route, persistence);
    if (!error.refusal().repeatMayHelp()) {
      put(NO_RETRY);
    }
    int wait = ErrorJson.retryAfterSeconds(error);
    if (wait > 0) {
      put(RETRY_AFTER);
      put(wait);
      put(CRLF);
    }
    if (error.refusal() == Refusal.METHOD_NOT_ALLOWED) {
      put(ALLOW);
      put(Faults.allowed(error));
      put(CRLF);
    }
    if (error.refusal() == Refusal.UNAUTHENTICATED) {
      put(AUTHENTICATE);
    }
    length(json.length);
    put(CRLF);
    ByteBuf out = allocator.ioBuffer(n + json.length).writeBytes(b, 0, n);
    return headOnly ? out : out.writeBytes(json);
  }

  private void common(String id, @Nullable RouteInfo route, Persistence persistence) {
    put(DATE);
    put(state.dateBytes());
    put(CRLF);
    put(IDS);
    put(id);
    put(OWN_ID);
    put(id);
    put(CRLF);
    if (route != null) {
      put(state.heads.of(route).http1);
      put(ATTEMPTS);
      put(route.attempts());
      put(CRLF);
      if (!route.left().isEmpty()) {
        put(LEFT);
        put(AnswerHeads.left(route).toByteArray());
        put(CRLF);
      }
    }
    switch (persistence) {
      case OPEN -> { }
      case OPEN_HTTP10 -> put(KEEP);
      case CLOSE -> put(CLOSE);
    }
  }

  private ByteBuf with(ByteBufAllocator allocator, ByteBuf body) {
    int size = body.readableBytes();
    try {
      if (size <= COPY_BYTES) {
        return allocator.ioBuffer(n + size).writeBytes(b, 0, n).writeBytes(body);
      }
      ByteBuf head = allocator.ioBuffer(n).writeBytes(b, 0, n);
      return allocator.compositeBuffer(2).addComponent(true, head).addComponent(true, body.retain());
    } finally {
      body.release();
    }
  }

  private void start(byte[] first) {
    n = 0;
    put(first);
  }

  private void length(int bytes) {
    put(LENGTH);
    put(bytes);
    put(CRLF);
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, b, n, bytes.length);
    n += bytes.length;
  }

  @SuppressWarnings("deprecation") // copies the low bytes without a coder: ids and reasons are ASCII
  private void put(String ascii) {
    ascii.getBytes(0, ascii.length(), b, n);
    n += ascii.length();
  }

  private void put(int number) {
    if (number >= 10) {
      put(number / 10);
    }
    b[n++] = (byte) ('0' + number % 10);
  }

  private static String reason(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Error";
    };
  }
}
