package io.tidegate.lab.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes one HTTP/1.1 answer byte by byte, so that it can be wrong on purpose. Confined to the channel's loop. */
final class Http1Wire implements Wire {
  /** What is already written must be on its way before a reset: the kernel drops unsent bytes with it. */
  private static final long RESET_DELAY_MILLIS = 20;

  private final Channel channel;
  private final Runnable closesOnNextRequest;
  private final Runnable closer;
  private boolean keepAlive;
  private boolean chunked;

  /**
   * @param closesOnNextRequest tells the reading side to close when the next request comes
   * @param closer closes once the request is read to its end: closing earlier makes the kernel reset, which can destroy the answer
   */
  Http1Wire(Channel channel, boolean keepAlive, Runnable closesOnNextRequest, Runnable closer) {
    this.channel = channel;
    this.keepAlive = keepAlive;
    this.closesOnNextRequest = closesOnNextRequest;
    this.closer = closer;
  }

  @Override
  public void head(int status, List<Field> fields, long length) {
    chunked = length < 0;
    StringBuilder head = new StringBuilder(256).append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    for (Field field : fields) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    head.append(chunked ? "transfer-encoding: chunked" : "content-length: " + length).append("\r\n");
    if (!keepAlive) {
      head.append("connection: close\r\n");
    }
    write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String reason(int status) {
    return io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  @Override
  public void body(byte[] bytes, int from, int to) {
    if (from == to) {
      return;
    }
    ByteBuf part = Unpooled.wrappedBuffer(bytes, from, to - from);
    channel.write(chunked ? Unpooled.wrappedBuffer(sizeLine(to - from), part, Unpooled.wrappedBuffer(new byte[] {'\r', '\n'})) : part);
  }

  private static ByteBuf sizeLine(int size) {
    return Unpooled.copiedBuffer(Integer.toHexString(size) + "\r\n", StandardCharsets.US_ASCII);
  }

  @Override
  public void half(byte[] bytes, Cut cut) {
    if (cut == Cut.SIZE_LINE && chunked) {
      String digits = Integer.toHexString(bytes.length);
      write(digits.substring(0, Math.max(1, digits.length() - 1)).getBytes(StandardCharsets.US_ASCII));
      return;
    }
    if (chunked) {
      channel.write(sizeLine(bytes.length));
    }
    channel.write(Unpooled.wrappedBuffer(bytes, 0, Halves.at(bytes, cut)));
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public void end() {
    if (chunked) {
      write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    channel.flush();
    if (!keepAlive) {
      closer.run();
    }
  }

  @Override
  public void stop() {
    disconnect();
  }

  @Override
  public void disconnect() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> channel.close());
  }

  @Override
  public void reset() {
    channel.flush();
    channel.eventLoop().schedule(() -> {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      // From the first handler outwards: TLS would say goodbye first.
      channel.pipeline().firstContext().close();
    }, RESET_DELAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void refuse() {
    reset();
  }

  @Override
  public void goAway(boolean includesThis) {
    if (includesThis) {
      closeAfterwards();
    } else {
      reset();
    }
  }

  @Override
  public void limitStreams(long streams) {
    // HTTP/1.1 has one stream.
  }

  @Override
  public void closeAfterwards() {
    keepAlive = false;
  }

  @Override
  public void closeOnNextRequest() {
    closesOnNextRequest.run();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  private void write(byte[] bytes) {
    channel.write(Unpooled.wrappedBuffer(bytes));
  }
}
