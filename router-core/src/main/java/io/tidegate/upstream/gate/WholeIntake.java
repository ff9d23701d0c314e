package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.upstream.dialect.AnswerReader;
import io.tidegate.upstream.dialect.AnswerShape;
import org.jspecify.annotations.Nullable;

/** Gathers the answer to a request without stream. Blank lines before it (DeepSeek's keep-alive) are not content. */
final class WholeIntake implements Intake {
  private final ModelExchange exchange;
  private final AnswerShape shape;
  private final @Nullable String contentType;
  private final Gathered body;
  private boolean begun;
  private Usage usage = Usage.UNKNOWN;

  WholeIntake(ModelExchange exchange, AnswerShape shape, ResponseHead head, int maxBytes) {
    this.exchange = exchange;
    this.shape = shape;
    this.contentType = head.contentType();
    this.body = new Gathered(head.contentLength(), maxBytes);
  }

  @Override
  public void take(ByteBuf piece) {
    begun = begun || !isBlank(piece);
    if (begun) {
      exchange.noteContent();
    }
    if (!body.add(piece)) {
      exchange.fail(AttemptFailure.of(Kind.OVERSIZED));
    }
  }

  private static boolean isBlank(ByteBuf piece) {
    for (int i = piece.readerIndex(); i < piece.writerIndex(); i++) {
      byte b = piece.getByte(i);
      if (b != '\n' && b != '\r' && b != ' ' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void end() {
    AnswerReader.Answer answer = AnswerReader.read(shape, contentType, body.whole());
    usage = answer.usage();
    byte[] json = answer.json();
    if (json != null) {
      exchange.answered(Unpooled.wrappedBuffer(json), usage);
    } else {
      AttemptFailure failure = answer.failure();
      exchange.fail(failure == null ? AttemptFailure.of(Kind.PROTOCOL) : failure);
    }
  }

  @Override
  public boolean awaitsEndOnly() {
    return false;
  }

  @Override
  public Usage usage() {
    return usage;
  }
}
