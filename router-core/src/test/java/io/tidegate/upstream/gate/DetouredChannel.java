package io.tidegate.upstream.gate;

import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A socket that ends up somewhere else than it was told to go. */
public final class DetouredChannel extends NioSocketChannel {
  /** Where all of them go. */
  static volatile @Nullable InetSocketAddress detour;

  @Override
  protected boolean doConnect(SocketAddress remote, @Nullable SocketAddress local) throws Exception {
    InetSocketAddress instead = detour;
    return super.doConnect(instead == null ? remote : instead, local);
  }
}
