package io.tidegate.upstream.gate;

import io.netty.channel.EventLoop;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.net.Names;
import io.tidegate.net.Transport;
import io.tidegate.time.Loop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gate's part of one event loop: its pools and its time limits. On that loop only, but for the constructor. */
final class LoopGate {
  private final Loop loop;
  private final EventLoop eventLoop;
  private final GateParts parts;
  private final Deadlines deadlines;
  private final Map<Endpoint, Pool> pools = new HashMap<>();
  /** Lent to whoever copies a piece of an answer out of a buffer; grows to the largest piece. */
  private byte[] scratch = new byte[8 << 10];
  /** Null while there are no pools. */
  private Loop.@Nullable Timer reaper;
  private boolean closed;

  LoopGate(Loop loop, EventLoop eventLoop, GateParts parts) {
    this.loop = loop;
    this.eventLoop = eventLoop;
    this.parts = parts;
    this.deadlines = new Deadlines(loop);
  }

  Loop loop() {
    return loop;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  GateConfig config() {
    return parts.config();
  }

  Names names() {
    return parts.names();
  }

  Transport transport() {
    return parts.transport();
  }

  Outlet outlet() {
    return parts.outlet();
  }

  Deadlines deadlines() {
    return deadlines;
  }

  long nanos() {
    return loop.nanos();
  }

  boolean isClosed() {
    return closed;
  }

  /** At least {@code length} bytes, whose content nobody relies on. */
  byte[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, scratch.length * 2)];
    }
    return scratch;
  }

  /** The pool of {@code endpoint}; null if its upstream is unknown or its address could not stand in a request. */
  @Nullable Pool pool(Endpoint endpoint) {
    Pool pool = pools.get(endpoint);
    return pool == null ? newPool(endpoint) : pool;
  }

  /** The pool of a target that came from this gate. */
  Pool pool(Target target) {
    Pool pool = pools.get(target.endpoint());
    if (pool == null) {
      pool = new Pool(this, target);
      keep(pool);
    }
    return pool;
  }

  private @Nullable Pool newPool(Endpoint endpoint) {
    Upstream upstream = parts.upstreams().get(endpoint.upstream());
    if (upstream == null) {
      return null;
    }
    Target target;
    try {
      target = new Target(upstream, endpoint, parts.tls(endpoint));
    } catch (IllegalArgumentException e) {
      return null;
    }
    Pool pool = new Pool(this, target);
    keep(pool);
    return pool;
  }

  private void keep(Pool pool) {
    pools.put(pool.target().endpoint(), pool);
    if (reaper == null) {
      rest();
    }
  }

  private void rest() {
    reaper = loop.schedule(this::reap, Math.max(1, config().idleConnection().toNanos() / 2));
  }

  private void reap() {
    reaper = null;
    long now = loop.nanos();
    for (Pool pool : List.copyOf(pools.values())) {
      if (pool.reap(now, config().idleConnection().toNanos())) {
        pools.remove(pool.target().endpoint());
      }
    }
    if (!pools.isEmpty() && !closed) {
      rest();
    }
  }

  /** Connections there are, those being made included. */
  int connections() {
    int sum = 0;
    for (Pool pool : pools.values()) {
      sum += pool.size();
    }
    return sum;
  }

  void close() {
    closed = true;
    for (Pool pool : List.copyOf(pools.values())) {
      pool.close();
    }
    deadlines.close();
    if (reaper != null) {
      reaper.cancel();
      reaper = null;
    }
  }
}
