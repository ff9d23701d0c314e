package io.tidegate.upstream.gate;

import io.netty.channel.Channel;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop to one endpoint. The last one used is the first one used again; past the bound an exchange is told at once
 * (G8). Where HTTP/2 was agreed upon, all exchanges share one connection. On the loop only.
 */
final class Pool {
  private final LoopGate gate;
  private final Target target;
  private final int maxConnections;
  private final ArrayDeque<H1Connection> idle = new ArrayDeque<>();
  private final Set<H1Connection> open = new HashSet<>();
  private final Set<Dial> dials = new HashSet<>();
  /** Those who wait for the HTTP/2 connection under way. */
  private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
  /** The shared connection; null before it is made, and after its peer said GOAWAY. */
  private @Nullable H2Connection shared;
  private final Set<H2Connection> leaving = new HashSet<>();
  private boolean speaksHttp2;
  private long lastUsedNanos;

  Pool(LoopGate gate, Target target) {
    this.gate = gate;
    this.target = target;
    this.maxConnections = target.upstream().maxConnectionsPerEndpoint();
    this.speaksHttp2 = target.tls() != null && target.upstream().tls() != null && target.upstream().tls().http2();
    this.lastUsedNanos = gate.nanos();
  }

  Target target() {
    return target;
  }

  LoopGate gate() {
    return gate;
  }

  long nanos() {
    return gate.nanos();
  }

  /** Finds a carrier for {@code exchange}, at once or later, or tells it that there is none. */
  void acquire(Exchange exchange) {
    lastUsedNanos = gate.nanos();
    H1Connection connection;
    while ((connection = idle.pollLast()) != null) {
      if (connection.isUsable()) {
        connection.serve(exchange);
        return;
      }
      connection.shut();
    }
    connect(exchange);
  }

  /** Finds a carrier that was never used before. */
  void connect(Exchange exchange) {
    if (speaksHttp2) {
      shareOrWait(exchange);
    } else if (open.size() + dials.size() >= maxConnections) {
      exchange.notCarried(AttemptFailure.of(Kind.POOL_FULL));
    } else {
      dial(exchange);
    }
  }

  private void shareOrWait(Exchange exchange) {
    H2Connection connection = shared;
    if (connection != null) {
      if (!connection.open(exchange)) {
        exchange.notCarried(AttemptFailure.of(Kind.POOL_FULL));
      }
    } else if (waiting.size() >= maxConnections) {
      exchange.notCarried(AttemptFailure.of(Kind.POOL_FULL));
    } else {
      waiting.add(exchange);
      if (dials.isEmpty()) {
        dial(null);
      }
    }
  }

  private void dial(@Nullable Exchange exchange) {
    Dial dial = new Dial(this, exchange);
    dials.add(dial);
    dial.start();
  }

  /** A connection is there and speaks HTTP/1.1. */
  void connected(Dial dial, Channel channel) {
    dials.remove(dial);
    if (speaksHttp2) {
      // The peer did not choose h2: from now on like any other.
      speaksHttp2 = false;
    }
    StrictResponseDecoder decoder = new StrictResponseDecoder(gate.config().maxHeaderBytes());
    H1Connection connection = new H1Connection(this, channel, decoder);
    channel.pipeline().addLast(decoder, connection);
    open.add(connection);
    Exchange first = dial.exchange() == null ? nextWaiting() : dial.exchange();
    if (first != null && !first.isOver()) {
      connection.serve(first);
    } else {
      idle(connection);
    }
    Exchange next;
    while ((next = nextWaiting()) != null) {
      acquire(next);
    }
  }

  /** A connection is there, speaks HTTP/2, and its peer's settings are known. */
  void connected(Dial dial, H2Connection connection) {
    dials.remove(dial);
    shared = connection;
    Exchange next;
    while ((next = nextWaiting()) != null) {
      shareOrWait(next);
    }
  }

  void failed(Dial dial, AttemptFailure failure) {
    dials.remove(dial);
    Exchange exchange = dial.exchange();
    if (exchange != null) {
      exchange.notCarried(failure);
      return;
    }
    // Only those that waited for this very dial: one that comes in answer to a failure starts anew.
    for (int left = waiting.size(); left > 0; left--) {
      Exchange next = waiting.poll();
      if (next != null) {
        next.notCarried(failure);
      }
    }
  }

  private @Nullable Exchange nextWaiting() {
    Exchange next;
    while ((next = waiting.poll()) != null && next.isOver()) {
      // Cancelled while it waited.
    }
    return next;
  }

  /** The shared connection takes no new streams; those under way go on. */
  void leaving(H2Connection connection) {
    if (shared == connection) {
      shared = null;
    }
    leaving.add(connection);
  }

  void closed(H2Connection connection) {
    if (shared == connection) {
      shared = null;
    }
    leaving.remove(connection);
  }

  void idle(H1Connection connection) {
    idle.addLast(connection);
  }

  void closed(H1Connection connection) {
    open.remove(connection);
    idle.remove(connection);
  }

  /** Closes what was idle too long; true if nothing is left and the pool was not used for as long. */
  boolean reap(long nowNanos, long idleNanos) {
    // First used last: the head of the queue has been idle longest.
    H1Connection oldest;
    while ((oldest = idle.peekFirst()) != null && nowNanos - oldest.idleSinceNanos() >= idleNanos) {
      oldest.shut();
    }
    H2Connection connection = shared;
    if (connection != null && connection.isIdleSince(nowNanos - idleNanos)) {
      connection.shut();
    }
    return open.isEmpty() && dials.isEmpty() && shared == null && leaving.isEmpty() && nowNanos - lastUsedNanos >= idleNanos;
  }

  /** Number of connections, those being made included. */
  int size() {
    return open.size() + dials.size() + (shared == null ? 0 : 1) + leaving.size();
  }

  void close() {
    for (Dial dial : Set.copyOf(dials)) {
      dial.giveUp();
    }
    for (H1Connection connection : Set.copyOf(open)) {
      connection.abortAndTell();
    }
    H2Connection connection = shared;
    if (connection != null) {
      connection.shut();
    }
    for (H2Connection other : Set.copyOf(leaving)) {
      other.shut();
    }
  }
}
