package io.tidegate.admin;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A whole answer. Every one carries the same strict headers: no script, style or image of elsewhere, no frame around it, no guessing of types, nothing
 * for other origins, nothing kept.
 *
 * @param more headers of its own, over the common ones
 */
record Answer(HttpResponseStatus status, String type, byte[] body, Map<CharSequence, String> more) {
  /** {@code trusted-types 'none'}: the page cannot even make markup of text. */
  static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
      + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

  static final String JSON = "application/json";

  static Answer text(HttpResponseStatus status, String text) {
    return new Answer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Answer json(String json) {
    return of(JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  static Answer of(String type, byte[] body) {
    return new Answer(HttpResponseStatus.OK, type, body, Map.of());
  }

  Answer with(CharSequence header, String value) {
    return new Answer(status, type, body, Map.of(header, value));
  }

  FullHttpResponse response() {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    HttpHeaders headers = common(response.headers()).set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    if (body.length > 0) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    more.forEach(headers::set);
    return response;
  }

  static HttpHeaders common(HttpHeaders headers) {
    return headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE).set(HttpHeaderNames.CACHE_CONTROL, "no-store").set("x-content-type-options", "nosniff")
        .set("content-security-policy", POLICY).set("referrer-policy", "no-referrer").set("cross-origin-opener-policy", "same-origin")
        .set("cross-origin-resource-policy", "same-origin").set("cross-origin-embedder-policy", "require-corp").set("x-frame-options", "DENY")
        .set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  }
}
