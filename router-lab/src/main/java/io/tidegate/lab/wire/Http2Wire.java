package io.tidegate.lab.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Wire;
import java.util.List;

/** Writes one HTTP/2 answer. Confined to the connection's loop. */
final class Http2Wire implements Wire {
  private final Http2StreamChannel stream;

  Http2Wire(Http2StreamChannel stream) {
    this.stream = stream;
  }

  @Override
  public void head(int status, List<Field> fields, long length) {
    Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(status));
    for (Field field : fields) {
      headers.add(field.name(), field.value());
    }
    if (length >= 0) {
      headers.add("content-length", Long.toString(length));
    }
    stream.write(new DefaultHttp2HeadersFrame(headers, false));
  }

  @Override
  public void body(byte[] bytes, int from, int to) {
    stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes, from, to - from), false));
  }

  @Override
  public void half(byte[] bytes, Cut cut) {
    if (cut != Cut.SIZE_LINE) {
      body(bytes, 0, Halves.at(bytes, cut));
    }
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void end() {
    stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
  }

  @Override
  public void stop() {
    end();
  }

  @Override
  public void disconnect() {
    stream.flush();
    Channel connection = stream.parent();
    connection.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> connection.pipeline().firstContext().close());
  }

  @Override
  public void reset() {
    stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
  }

  @Override
  public void refuse() {
    stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
  }

  @Override
  public void goAway(boolean includesThis) {
    if (includesThis) {
      stream.parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
      return;
    }
    ChannelHandlerContext codec = stream.parent().pipeline().context(Http2FrameCodec.class);
    int before = Math.max(0, stream.stream().id() - 2);
    ((Http2FrameCodec) codec.handler()).goAway(codec, before, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, codec.newPromise());
    codec.flush();
  }

  @Override
  public void limitStreams(long streams) {
    stream.parent().writeAndFlush(new DefaultHttp2SettingsFrame(new Http2Settings().maxConcurrentStreams(streams)));
  }

  @Override
  public void closeAfterwards() {
    goAway(true);
  }

  @Override
  public void closeOnNextRequest() {
    // The connection's own idle end; HTTP/2 says so with GOAWAY, and a client that wrote meanwhile sees its stream ignored.
    goAway(true);
  }

  @Override
  public boolean writable() {
    return stream.isWritable();
  }
}
