package io.tidegate.admin;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.tidegate.model.Peer;
import io.tidegate.net.Peers;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of the admin side read of a request: its head, and what its connection proves.
 *
 * @param path without the query
 * @param query without the question mark; empty if there is none
 * @param local the address it came to; null for a Unix socket
 */
record Head(HttpMethod method, String path, String query, HttpHeaders headers, Peer peer, boolean unix, @Nullable InetSocketAddress local) {
  static Head of(HttpRequest request, Channel channel) {
    String uri = request.uri();
    int mark = uri.indexOf('?');
    SocketAddress local = channel.localAddress();
    boolean tcp = channel.remoteAddress() instanceof InetSocketAddress;
    return new Head(request.method(), mark < 0 ? uri : uri.substring(0, mark), mark < 0 ? "" : uri.substring(mark + 1), request.headers(), Peers.of(channel), !tcp,
        local instanceof InetSocketAddress inet ? inet : null);
  }

  @Nullable String header(CharSequence name) {
    return headers.get(name);
  }

  boolean is(HttpMethod asked) {
    return method.equals(asked);
  }

  /** Whether a web page asks, by what only browsers send and no page can leave out. */
  boolean browser() {
    return headers.contains(HttpHeaderNames.ORIGIN) || headers.contains(HttpHeaderNames.COOKIE)
        || headers.names().stream().anyMatch(name -> name.regionMatches(true, 0, "sec-fetch-", 0, 10));
  }

  /** From this host. */
  boolean here() {
    return unix || peer.loopback();
  }

  /** Length of the body, 0 without one; -1 if it is no number. */
  long bodyBytes() {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null) {
      return 0;
    }
    return length.matches("[0-9]{1,9}") ? Long.parseLong(length) : -1;
  }

  /** Whether the body is said to be JSON: a form or a simple request of another origin's page cannot say so without asking first. */
  boolean json() {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    return type != null && type.toLowerCase(java.util.Locale.ROOT).matches("application/json *(; *charset=\"?utf-8\"?)?");
  }
}
