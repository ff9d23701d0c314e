package io.tidegate.gguf.serve;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.tidegate.gguf.api.Answers;
import io.tidegate.gguf.api.Asked;
import io.tidegate.gguf.api.Refused;
import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.engine.Ending;
import io.tidegate.gguf.engine.Fault;
import io.tidegate.gguf.engine.Order;
import io.tidegate.gguf.engine.Reply;
import io.tidegate.gguf.engine.Ticket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer being generated, of one choice or several. On the connection's loop. The status goes out with the first token and not before: a prompt
 * that is too long still gets its 400.
 */
final class Generating implements Connection.Underway {
  private final Connection connection;
  private final ChannelHandlerContext ctx;
  private final Asked asked;
  private final Answers answers;
  private final List<Ticket> tickets = new ArrayList<>();
  private final StringBuilder[] texts;
  private final @Nullable Ending[] endings;
  private final boolean[] opened;
  private int left;
  private boolean begun;
  private boolean over;

  Generating(Connection connection, ChannelHandlerContext ctx, Asked asked, Answers answers) {
    this.connection = connection;
    this.ctx = ctx;
    this.asked = asked;
    this.answers = answers;
    int choices = asked.orders().size();
    this.texts = new StringBuilder[choices];
    this.endings = new Ending[choices];
    this.opened = new boolean[choices];
    this.left = choices;
    Arrays.setAll(texts, i -> new StringBuilder());
  }

  void start(Batcher batcher) {
    connection.underway(this);
    for (int i = 0; i < asked.orders().size(); i++) {
      Order order = asked.orders().get(i);
      Optional<Ticket> ticket = batcher.submit(order, new Choice(i));
      if (ticket.isEmpty()) {
        fail(Refused.busy());
        return;
      }
      tickets.add(ticket.get());
    }
  }

  @Override
  public void giveUp() {
    over = true;
    tickets.forEach(Ticket::cancel);
  }

  /** Hears of one choice, on the engine's threads. */
  private final class Choice implements Reply {
    private final int index;

    Choice(int index) {
      this.index = index;
    }

    @Override
    public void text(String piece) {
      ctx.executor().execute(() -> Generating.this.text(index, piece));
    }

    @Override
    public void ended(Ending ending) {
      ctx.executor().execute(() -> Generating.this.ended(index, ending));
    }

    @Override
    public void failed(Fault fault) {
      ctx.executor().execute(() -> fail(Answers.refused(fault)));
    }
  }

  private void text(int index, String piece) {
    if (over) {
      return;
    }
    if (asked.stream()) {
      open(index);
      write(answers.piece(index, piece));
      ctx.flush();
    } else {
      texts[index].append(piece);
    }
  }

  private void ended(int index, Ending ending) {
    if (over) {
      return;
    }
    endings[index] = ending;
    left--;
    if (asked.stream()) {
      open(index);
      write(answers.ending(index, ending));
      if (left == 0) {
        close();
      } else {
        ctx.flush();
      }
    } else if (left == 0) {
      List<Answers.Choice> choices = new ArrayList<>();
      for (int i = 0; i < texts.length; i++) {
        choices.add(new Answers.Choice(texts[i].toString(), ending(i)));
      }
      over = true;
      connection.json(ctx, answers.whole(choices));
    }
  }

  private Ending ending(int index) {
    return java.util.Objects.requireNonNull(endings[index]);
  }

  private void open(int index) {
    if (!begun) {
      begun = true;
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream").set(HttpHeaderNames.CACHE_CONTROL, "no-store");
      HttpUtil.setTransferEncodingChunked(head, true);
      HttpUtil.setKeepAlive(head, connection.keepAlive());
      ctx.write(head);
    }
    if (asked.chat() && !opened[index]) {
      opened[index] = true;
      write(answers.opening(index));
    }
  }

  private void write(byte[] event) {
    ctx.write(new DefaultHttpContent(Unpooled.wrappedBuffer(event)));
  }

  private void close() {
    over = true;
    if (asked.usage()) {
      List<Ending> all = new ArrayList<>();
      for (int i = 0; i < endings.length; i++) {
        all.add(ending(i));
      }
      write(answers.usage(all));
    }
    write(Answers.DONE);
    ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
    connection.over(ctx);
  }

  private void fail(Refused refused) {
    if (over) {
      return;
    }
    over = true;
    tickets.forEach(Ticket::cancel);
    if (!begun) {
      connection.send(ctx, refused);
      return;
    }
    write(Answers.errorEvent(refused));
    ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
    connection.over(ctx);
  }
}
