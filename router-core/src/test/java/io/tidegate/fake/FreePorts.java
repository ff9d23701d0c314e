package io.tidegate.fake;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * Port numbers for programs that must be told one, and for what nobody listens at: free when given out, given out by no other process of the tests, and
 * by this one only after {@value #BLOCK} others. A number that the kernel picked and had back may be another test's before the program listens there.
 * The numbers are below the kernel's own for outgoing connections (Linux: 32768 and up) and above those of the lab's emulators.
 */
public final class FreePorts implements AutoCloseable {
  private static final int FIRST = 22_000;
  private static final int BLOCK = 1_000;
  private static final int BLOCKS = 10;
  private static final FreePorts MINE = new FreePorts();

  /** Held as long as this process lives: whoever listens at a block's first number owns the block. */
  private final @Nullable ServerSocket claim = claim();
  private int last;

  FreePorts() {}

  /** The next number that is free, TCP and UDP; where all blocks have owners, one that the kernel picks. */
  public static int number() {
    return MINE.next();
  }

  synchronized int next() {
    for (int tried = 1; claim != null && tried < BLOCK; tried++) {
      last = last % (BLOCK - 1) + 1;
      int port = ifFree(claim.getLocalPort() + last);
      if (port > 0) {
        return port;
      }
    }
    int port = ifFree(0);
    if (port > 0) {
      return port;
    }
    throw new AssertionError("no port is free");
  }

  @Override
  public void close() throws IOException {
    if (claim != null) {
      claim.close();
    }
  }

  /** The port, 0 if it is in use. */
  private static int ifFree(int port) {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket tcp = new ServerSocket(port, 1, here); DatagramSocket udp = new DatagramSocket(new InetSocketAddress(here, tcp.getLocalPort()))) {
      return udp.getLocalPort();
    } catch (IOException inUse) {
      return 0;
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
