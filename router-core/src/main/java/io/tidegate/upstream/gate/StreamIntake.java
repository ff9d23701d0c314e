package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.upstream.dialect.AnswerShape;
import io.tidegate.upstream.dialect.StreamReader;
import org.jspecify.annotations.Nullable;

/** Passes a stream on as it comes. A piece that needs no change is passed on as the very buffer it came in. */
final class StreamIntake implements Intake, StreamReader.Output {
  private final ModelExchange exchange;
  private final StreamReader reader;
  private long bytesLeft;
  private long contentEvents;
  /** The piece being read; null between pieces. */
  private @Nullable ByteBuf current;

  StreamIntake(ModelExchange exchange, AnswerShape shape, long maxBytes) {
    this.exchange = exchange;
    this.reader = new StreamReader(shape, this);
    this.bytesLeft = maxBytes;
  }

  @Override
  public void take(ByteBuf piece) {
    int length = piece.readableBytes();
    bytesLeft -= length;
    if (bytesLeft < 0) {
      exchange.fail(AttemptFailure.of(Kind.OVERSIZED));
      return;
    }
    current = piece;
    if (piece.hasArray()) {
      reader.feed(piece.array(), piece.arrayOffset() + piece.readerIndex(), length);
    } else {
      byte[] copy = exchange.gate().scratch(length);
      piece.getBytes(piece.readerIndex(), copy, 0, length);
      reader.feed(copy, 0, length);
    }
    current = null;
  }

  @Override
  public void frames(byte[] buffer, int offset, int length, boolean content, boolean same) {
    if (exchange.isOver()) {
      return;
    }
    if (reader.contentEvents() != contentEvents) {
      contentEvents = reader.contentEvents();
      exchange.noteContent();
    }
    ByteBuf piece = current;
    if (same && piece != null) {
      exchange.pass(piece.retainedSlice(), content);
    } else {
      exchange.pass(ByteBufAllocator.DEFAULT.buffer(length).writeBytes(buffer, offset, length), content);
    }
  }

  @Override
  public void ended(Usage usage) {
    if (!exchange.isOver()) {
      exchange.ended(usage);
    }
  }

  @Override
  public void failed(AttemptFailure failure) {
    if (!exchange.isOver()) {
      exchange.fail(failure);
    }
  }

  @Override
  public void end() {
    reader.end();
  }

  @Override
  public boolean awaitsEndOnly() {
    return reader.done();
  }

  @Override
  public Usage usage() {
    return reader.usage();
  }
}
