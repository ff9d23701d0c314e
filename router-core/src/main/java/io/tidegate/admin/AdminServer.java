package io.tidegate.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.NetUtil;
import io.tidegate.net.Door;
import io.tidegate.net.EventLoops;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The admin listener: liveness, readiness, metrics, status, for loopback or a Unix socket; and POSTs, which ask for configuration and policies to be read again and for cached answers to go:
 * from this host only, without a body, and never from a web page (hazards D8, K7). Refuses foreign {@code Host} and {@code Origin}. Pages are made
 * on {@code pool}, never on an event loop.
 */
public final class AdminServer {
  private static final int READ_TIMEOUT_SECONDS = 30;
  /** Followed by an id; the same as {@code /admin/explain?id=}. */
  private static final String DECISIONS = "/admin/decisions/";
  private static final Pattern EXPLAIN = Pattern.compile("id=([A-Za-z0-9_-]{1,64})(&as=text)?");
  private static final String RELOAD = "/admin/policy/reload";
  private static final String RELOAD_ALL = "/admin/reload";
  private static final String PURGE = "/admin/cache/purge";

  private final EventLoops loops;
  private final AdminPages pages;
  private final Executor pool;
  private final Executor slowPool;

  /**
   * @param pool bounded; when it is full the page answers 503
   * @param slowPool for pages that read files, so that liveness never waits for them; bounded too
   */
  public AdminServer(EventLoops loops, AdminPages pages, Executor pool, Executor slowPool) {
    this.loops = loops;
    this.pages = pages;
    this.pool = pool;
    this.slowPool = slowPool;
  }

  /** Binds; blocks until done. The returned channel's close stops the listener. */
  public Channel start(SocketAddress address) {
    return start(Door.at(address));
  }

  /** The same, or accepts at a socket that was handed over. */
  public Channel start(Door door) {
    return new ServerBootstrap().group(loops.group()).channelFactory(door.channels(loops.transport())).childHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new ReadTimeoutHandler(READ_TIMEOUT_SECONDS), new HttpServerCodec(), new Handler());
      }
    }).bind(door.address()).syncUninterruptibly().channel();
  }

  /** Answers a connection's first request by its head, and closes: no body is read, none is needed. */
  private final class Handler extends SimpleChannelInboundHandler<HttpObject> {
    private boolean asked;

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (asked || !(part instanceof HttpRequest)) {
        return;
      }
      asked = true;
      HttpRequest request = (HttpRequest) part;
      HttpHeaders headers = request.headers();
      if (request.decoderResult().isFailure() || headers.contains(HttpHeaderNames.TRANSFER_ENCODING) || headers.getAll(HttpHeaderNames.HOST).size() > 1) {
        send(context, HttpResponseStatus.BAD_REQUEST, "text/plain", "This is not a request this page understands.\n");
      } else if (headers.contains(HttpHeaderNames.ORIGIN) || !ours(headers.get(HttpHeaderNames.HOST, ""))) {
        send(context, HttpResponseStatus.FORBIDDEN, "text/plain", "This Host or Origin is not served here.\n");
      } else if (request.method().equals(HttpMethod.POST)) {
        post(context, request);
      } else if (!request.method().equals(HttpMethod.GET)) {
        send(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "text/plain", "GET only.\n");
      } else {
        String uri = request.uri();
        int query = uri.indexOf('?');
        switch (query < 0 ? uri : uri.substring(0, query)) {
          case "/livez" -> yesOrNo(context, pages::live);
          case "/readyz" -> off(context, () -> ready(context));
          case "/metrics" -> page(context, "text/plain; version=0.0.4; charset=utf-8", pages::metrics);
          case "/admin/status" -> page(context, "application/json", pages::status);
          case "/admin/explain" -> explain(context, query < 0 ? "" : uri.substring(query + 1));
          case "/admin/cache" -> page(context, "application/json", pages::cache);
          case "/admin/policy/shadow" -> page(context, "application/json", pages::shadow);
          default -> {
            if (uri.startsWith(DECISIONS)) {
              explain(context, "id=" + uri.substring(DECISIONS.length()));
              return;
            }
            send(context, HttpResponseStatus.NOT_FOUND, "text/plain", "Try /livez, /readyz, /metrics or /admin/status.\n");
          }
        }
      }
    }

    /** The exact path, no body, and a caller on this host that is no browser: a page could send a form here without asking. */
    private void post(ChannelHandlerContext context, HttpRequest request) {
      HttpHeaders headers = request.headers();
      String uri = request.uri();
      boolean purge = uri.equals(PURGE) || uri.startsWith(PURGE + "?");
      if (!purge && !uri.equals(RELOAD) && !uri.equals(RELOAD_ALL)) {
        send(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "text/plain", "GET only; POST is for " + RELOAD_ALL + ", " + RELOAD + " and " + PURGE + ".\n");
      } else if (headers.names().stream().anyMatch(name -> name.regionMatches(true, 0, "sec-fetch-", 0, 10)) || headers.contains(HttpHeaderNames.COOKIE)
          || !fromHere(context.channel().remoteAddress())) {
        send(context, HttpResponseStatus.FORBIDDEN, "text/plain", "Only a program on this host may ask for that.\n");
      } else if (!headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0") || headers.contains(HttpHeaderNames.EXPECT)) {
        send(context, HttpResponseStatus.BAD_REQUEST, "text/plain", "No body is taken here.\n");
      } else if (purge) {
        purge(context, uri);
      } else {
        off(context, () -> {
          AdminPages.Reload reload = uri.equals(RELOAD_ALL) ? pages.reload() : pages.reloadPolicies();
          send(context, reload.accepted() ? HttpResponseStatus.OK : HttpResponseStatus.CONFLICT, "application/json", reload.json());
        });
      }
    }

    /** {@code all}, or one or more of tenant, model, policy, session: what is misspelt must not remove everything. */
    private void purge(ChannelHandlerContext context, String uri) {
      PurgeQuery query;
      try {
        query = PurgeQuery.parse(uri);
      } catch (IllegalArgumentException wrong) {
        send(context, HttpResponseStatus.BAD_REQUEST, "text/plain",
            "Ask " + PURGE + "?all, or with one or more of tenant=, model=, policy=, session= (with its tenant).\n");
        return;
      }
      on(slowPool, context, () -> send(context, HttpResponseStatus.OK, "application/json",
          pages.purgeCache(query.tenant(), query.model(), query.policy(), query.session())));
    }

    private static boolean fromHere(SocketAddress peer) {
      return !(peer instanceof InetSocketAddress inet) || inet.getAddress() != null && inet.getAddress().isLoopbackAddress();
    }

    private void ready(ChannelHandlerContext context) {
      StringBuilder text = new StringBuilder(pages.ready() ? "ok\n" : "no\n");
      HttpResponseStatus status = text.charAt(0) == 'o' ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
      pages.warnings().forEach(warning -> text.append("warning: ").append(warning).append('\n'));
      send(context, status, "text/plain", text.toString());
    }

    private void yesOrNo(ChannelHandlerContext context, Supplier<Boolean> question) {
      off(context, () -> {
        boolean yes = question.get();
        send(context, yes ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, "text/plain", yes ? "ok\n" : "no\n");
      });
    }

    private void page(ChannelHandlerContext context, String type, Supplier<String> page) {
      off(context, () -> send(context, HttpResponseStatus.OK, type, page.get()));
    }

    private void explain(ChannelHandlerContext context, String query) {
      Matcher asked = EXPLAIN.matcher(query);
      if (!asked.matches()) {
        send(context, HttpResponseStatus.BAD_REQUEST, "text/plain", "Ask /admin/explain?id=REQUEST_ID, with &as=text for eyes.\n");
        return;
      }
      boolean text = asked.group(2) != null;
      on(slowPool, context, () -> pages.explain(asked.group(1), text).ifPresentOrElse(
          page -> send(context, HttpResponseStatus.OK, text ? "text/plain; charset=utf-8" : "application/json", page),
          () -> send(context, HttpResponseStatus.NOT_FOUND, "text/plain", "There is no record of this request.\n")));
    }

    private void off(ChannelHandlerContext context, Runnable work) {
      on(pool, context, work);
    }

    private void on(Executor executor, ChannelHandlerContext context, Runnable work) {
      try {
        executor.execute(() -> {
          try {
            work.run();
          } catch (RuntimeException defect) {
            send(context, HttpResponseStatus.INTERNAL_SERVER_ERROR, "text/plain", "The page failed: " + defect.getClass().getSimpleName() + "\n");
          }
        });
      } catch (RejectedExecutionException full) {
        send(context, HttpResponseStatus.SERVICE_UNAVAILABLE, "text/plain", "Busy.\n");
      }
    }

    private void send(ChannelHandlerContext context, HttpResponseStatus status, String type, String body) {
      DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
          Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, type).set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE).set(HttpHeaderNames.CACHE_CONTROL, "no-store")
          .set("x-content-type-options", "nosniff");
      context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** A page that rebinds DNS comes with its own name; a literal address cannot be rebound. */
    private static boolean ours(String host) {
      int colon = host.startsWith("[") ? host.indexOf("]") + 1 : host.indexOf(':');
      String name = colon > 0 && colon < host.length() ? host.substring(0, colon) : host;
      String port = host.substring(name.length());
      boolean literal = name.startsWith("[") && name.endsWith("]") ? NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1))
          : NetUtil.isValidIpV4Address(name);
      return (name.equalsIgnoreCase("localhost") || literal) && (port.isEmpty() || port.matches(":[0-9]{1,5}"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
