package io.tidegate.upstream.gate;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.ReferenceCountUtil;

/**
 * Netty's response decoder with our bounds, that refuses what can be framed in two ways, and tells what it holds back: bytes behind the end
 * of an answer mean that the connection must not be used again (F3).
 */
final class StrictResponseDecoder extends HttpResponseDecoder {
  private static final int MAX_STATUS_LINE_BYTES = 4096;
  private static final int MAX_PIECE_BYTES = 64 << 10;

  private boolean expecting;
  private boolean anyByte;

  StrictResponseDecoder(int maxHeaderBytes) {
    super(new HttpDecoderConfig().setMaxInitialLineLength(MAX_STATUS_LINE_BYTES).setMaxHeaderSize(maxHeaderBytes)
        .setMaxChunkSize(MAX_PIECE_BYTES).setAllowDuplicateContentLengths(false).setStrictLineParsing(true)
        .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory()));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (!expecting) {
      // Bytes nobody asked for would stand before the next answer.
      ReferenceCountUtil.release(message);
      ctx.close();
      return;
    }
    anyByte = true;
    super.channelRead(ctx, message);
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    message.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }

  /** Whether any byte came since {@link #expectAnswer}. */
  boolean anyByte() {
    return anyByte;
  }

  void expectAnswer() {
    expecting = true;
    anyByte = false;
  }

  /** From now on any byte closes the connection. */
  void expectNothing() {
    expecting = false;
  }

  /** Bytes received and not yet part of any message. */
  int heldBack() {
    return actualReadableBytes();
  }
}
