package io.tidegate.lab.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tells HTTP/2 (by its preface, RFC 9113 section 3.4, the same after ALPN) from HTTP/1.1, then makes room for the codec. */
final class Sniffer extends ByteToMessageDecoder {
  private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

  private final Runnable http1;
  private final Runnable http2;

  /** The tasks add the codec's handlers to the end of the pipeline. */
  Sniffer(Runnable http1, Runnable http2) {
    this.http1 = http1;
    this.http2 = http2;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int seen = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < seen; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        http1.run();
        ctx.pipeline().remove(this);
        return;
      }
    }
    if (seen == PREFACE.length) {
      http2.run();
      ctx.pipeline().remove(this);
    }
  }
}
