package io.tidegate.daemon.systemd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Who serves a listening socket that a supervisor keeps, once this process does no more. */
public final class Successor {
  private static final byte[] QUESTION = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private Successor() {}

  /**
   * Whether anybody answers at {@code address}, whatever the answer says. That a connection is made tells nothing: a supervisor's socket takes it
   * while no process does. Blocking, at most {@code bound}.
   *
   * @param address of TCP, or Netty's of a Unix socket
   */
  public static boolean answers(SocketAddress address, Duration bound) {
    long until = System.nanoTime() + bound.toNanos();
    SocketAddress where = address instanceof InetSocketAddress ? address : UnixDomainSocketAddress.of(address.toString());
    try (SocketChannel channel = where instanceof InetSocketAddress ? SocketChannel.open() : SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, channel.connect(where) ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT);
      ByteBuffer question = ByteBuffer.wrap(QUESTION);
      for (long left = bound.toNanos(); left > 0; left = until - System.nanoTime()) {
        selector.select(left / 1_000_000 + 1);
        if (key.isConnectable()) {
          channel.finishConnect();
          key.interestOps(SelectionKey.OP_WRITE);
        } else if (key.isWritable()) {
          channel.write(question);
          key.interestOps(question.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        } else if (key.isReadable()) {
          return channel.read(ByteBuffer.allocate(1)) > 0;
        }
        selector.selectedKeys().clear();
      }
      return false;
    } catch (IOException nobody) {
      return false;
    }
  }
}
