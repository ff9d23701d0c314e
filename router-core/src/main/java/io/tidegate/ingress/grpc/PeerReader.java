package io.tidegate.ingress.grpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.model.Peer;
import io.tidegate.model.Peer.UnixUser;
import io.tidegate.net.Peers;

/**
 * Notes once per connection what it proves of its other end, as an attribute of every call on it. gRPC hands on addresses and the TLS session but
 * not the channel, which alone can ask the kernel for a Unix peer: so {@link AtAccept} asks, and sends the answer along with the event that gRPC
 * passes down its own pipeline to collect attributes (ADR 0010).
 */
final class PeerReader extends ServerTransportFilter {
  private static final Attributes.Key<Peer> PEER = Attributes.Key.create("tidegate-peer");
  private static final Attributes.Key<UnixUser> USER = Attributes.Key.create("tidegate-unix-user");

  /** After the handshake, before the first call. */
  @Override
  public Attributes transportReady(Attributes transport) {
    Peer peer = Peers.of(transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), transport.get(USER), transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    return transport.toBuilder().set(PEER, peer).build();
  }

  /** Of the connection a call came by. */
  static Peer of(Attributes call) {
    Peer peer = call.get(PEER);
    return peer == null ? Peer.UNKNOWN : peer;
  }

  /** First in the pipeline of an accepted connection; leaves it once the event has passed. Confined to the connection's loop. */
  static final class AtAccept extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
        context.fireUserEventTriggered(event);
        return;
      }
      UnixUser user = Peers.user(context.channel());
      context.fireUserEventTriggered(user == null ? negotiation : InternalProtocolNegotiationEvent.withAttributes(negotiation,
          InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder().set(USER, user).build()));
      context.pipeline().remove(this);
    }
  }
}
