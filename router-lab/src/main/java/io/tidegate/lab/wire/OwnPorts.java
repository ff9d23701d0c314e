package io.tidegate.lab.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Port numbers that no other process of the lab gives out and that this one gives out again only after {@value #BLOCK} others. A number that the kernel picks may
 * have been another test's a moment ago, whose client still calls there: then a recorder that must have received nothing has received a stranger's requests.
 * The numbers are below the kernel's own for outgoing connections (Linux: 32768 and up), so that a port that was closed for a while can be opened again.
 * Those from 22000 on are the tests', for programs of others.
 */
public final class OwnPorts implements AutoCloseable {
  private static final int FIRST = 12_000;
  private static final int BLOCK = 1_000;
  private static final int BLOCKS = 10;
  private static final OwnPorts MINE = new OwnPorts();

  /** Held as long as this process lives: whoever listens at a block's first number owns the block. */
  private final @Nullable ServerSocket claim;
  private int last;

  OwnPorts() {
    this.claim = claim();
  }

  /** Listens at the next number that is free; where a whole block is in use, or all blocks have owners, at one that the kernel picks. */
  public static Channel bind(InetAddress host, Function<InetSocketAddress, ChannelFuture> listen) {
    return MINE.listen(host, listen);
  }

  synchronized Channel listen(InetAddress host, Function<InetSocketAddress, ChannelFuture> listen) {
    for (int tried = 1; claim != null && tried < BLOCK; tried++) {
      last = last % (BLOCK - 1) + 1;
      ChannelFuture bound = listen.apply(new InetSocketAddress(host, claim.getLocalPort() + last)).awaitUninterruptibly();
      if (bound.isSuccess()) {
        return bound.channel();
      }
      if (!(bound.cause() instanceof BindException)) {
        break;
      }
    }
    return listen.apply(new InetSocketAddress(host, 0)).syncUninterruptibly().channel();
  }

  @Override
  public void close() throws IOException {
    if (claim != null) {
      claim.close();
    }
  }

  private static @Nullable ServerSocket claim() {
    for (int block = 0; block < BLOCKS; block++) {
      try {
        return new ServerSocket(FIRST + block * BLOCK, 1, InetAddress.getLoopbackAddress());
      } catch (IOException owned) {
        // The next one, then.
      }
    }
    return null;
  }
}
