package io.tidegate.admin;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: answers its first request, and closes. A body is read only where one is asked for, and never more of it than may be. On the
 * connection's loop; answers are made elsewhere.
 */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
  /** How long the rest of a body that is not wanted may take, so that a refusal is not lost in a reset (D3). */
  private static final long LINGER_MILLIS = 1_000;
  /** For the whole of a body. */
  private static final long BODY_SECONDS = 10;
  private static final byte[] NOTHING = {};

  private final Guard guard;
  private final AdminRoutes routes;
  private final Watchers watchers;
  private boolean asked;
  private boolean whole;
  private boolean answered;
  private @Nullable Plan waiting;
  private byte[] body = NOTHING;
  private int read;

  AdminHandler(Guard guard, AdminRoutes routes, Watchers watchers) {
    this.guard = guard;
    this.routes = routes;
    this.watchers = watchers;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (!asked && part instanceof HttpRequest request) {
      asked = true;
      head(context, request);
    }
    if (part instanceof HttpContent content) {
      content(context, content);
    }
  }

  private void head(ChannelHandlerContext context, HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      whole = true;
      send(context, Answer.text(HttpResponseStatus.BAD_REQUEST, "This is not a request this page understands.\n"));
      return;
    }
    Head head = Head.of(request, context.channel());
    long length = head.bodyBytes();
    whole = length == 0;
    Answer refused = length < 0 ? Answer.text(HttpResponseStatus.BAD_REQUEST, "This is not a request this page understands.\n") : guard.refuse(head);
    if (refused != null) {
      send(context, refused);
      return;
    }
    Plan plan = routes.plan(head);
    if (plan.watch()) {
      watch(context);
    } else if (plan.bodyBytes() == 0 || length == 0) {
      run(context, plan, NOTHING);
    } else if (length > plan.bodyBytes()) {
      send(context, Answer.text(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "At most " + plan.bodyBytes() + " bytes.\n"));
    } else {
      waiting = plan;
      body = new byte[(int) length];
      context.executor().schedule(() -> {
        if (waiting != null) {
          context.close();
        }
      }, BODY_SECONDS, TimeUnit.SECONDS);
      if (HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(request.headers().get(HttpHeaderNames.EXPECT, ""))) {
        context.writeAndFlush(new io.netty.handler.codec.http.DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
    }
  }

  private void content(ChannelHandlerContext context, HttpContent content) {
    Plan plan = waiting;
    if (plan != null) {
      int bytes = Math.min(content.content().readableBytes(), body.length - read);
      content.content().readBytes(body, read, bytes);
      read += bytes;
      if (content instanceof LastHttpContent || read == body.length) {
        waiting = null;
        whole = true;
        run(context, plan, read == body.length ? body : Arrays.copyOf(body, read));
        body = NOTHING;
      }
      return;
    }
    if (content instanceof LastHttpContent) {
      whole = true;
      if (answered) {
        context.close();
      }
    }
  }

  private void run(ChannelHandlerContext context, Plan plan, byte[] given) {
    if (plan.later() != null) {
      plan.later().get().whenComplete((answer, defect) -> sendFromElsewhere(context, defect == null ? answer : failed(defect)));
      return;
    }
    if (plan.on() == null) {
      send(context, plan.make().apply(given));
      return;
    }
    try {
      plan.on().execute(() -> {
        Answer answer;
        try {
          answer = plan.make().apply(given);
        } catch (RuntimeException defect) {
          answer = failed(defect);
        }
        sendFromElsewhere(context, answer);
      });
    } catch (RejectedExecutionException full) {
      send(context, Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "Busy.\n"));
    }
  }

  private static Answer failed(Throwable defect) {
    return Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "The page failed: " + defect.getClass().getSimpleName() + "\n");
  }

  private void sendFromElsewhere(ChannelHandlerContext context, Answer answer) {
    try {
      context.executor().execute(() -> send(context, answer));
    } catch (RejectedExecutionException closing) {
      // The loop has ended, and every connection with it: nobody is there to be told.
    }
  }

  private void watch(ChannelHandlerContext context) {
    if (!watchers.admit()) {
      send(context, Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "Too many watch already.\n").with(HttpHeaderNames.RETRY_AFTER, "5"));
      return;
    }
    context.pipeline().remove(ReadTimeoutHandler.class);
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    Answer.common(response.headers()).set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    context.writeAndFlush(response);
    watchers.watch(context.channel());
  }

  /** Ends with the connection: at once, or once the rest of a body that nobody wanted is through. */
  private void send(ChannelHandlerContext context, Answer answer) {
    if (whole || !(context.channel() instanceof DuplexChannel half)) {
      context.writeAndFlush(answer.response()).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    context.writeAndFlush(answer.response()).addListener(sent -> {
      answered = true;
      if (whole) {
        context.close();
        return;
      }
      half.shutdownOutput();
      context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
