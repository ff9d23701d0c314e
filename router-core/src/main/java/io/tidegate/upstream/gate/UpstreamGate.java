package io.tidegate.upstream.gate;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Meters;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Names;
import io.tidegate.net.TlsContexts;
import io.tidegate.net.TlsSource;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The gate: the only way content leaves towards a model (G1, hazard A1). Each request is sent on its own loop, over connections of that
 * loop. What may be written is decided by {@link EgressCheck} from the clearance, the configured upstream and the connected address; an
 * endpoint's zone is its upstream's, whoever found the endpoint.
 */
public final class UpstreamGate implements Upstreams, AutoCloseable {
  private final EventLoops loops;
  private final LoopGate[] gates;
  private final Meters meters;
  private final AnswerParts answerParts;

  /** Without a mesh. */
  public UpstreamGate(EventLoops loops, Collection<Upstream> upstreams, Names names, Meters meters, WallClock wallClock, GateConfig config)
      throws SSLException {
    this(loops, upstreams, names, meters, wallClock, config, upstream -> {
      throw new IllegalArgumentException("no mesh for " + upstream.name());
    });
  }

  /**
   * @param upstreams as configured; names are unique
   * @param names resolves host names off the loops; closed by its owner
   * @param wallClock for a {@code Retry-After} that is a date
   * @param mesh how to connect to an upstream that is a workload of the mesh: by its name, and by its places in regions
   * @throws SSLException if an upstream's CA file cannot be read
   */
  public UpstreamGate(EventLoops loops, Collection<Upstream> upstreams, Names names, Meters meters, WallClock wallClock, GateConfig config,
      Function<Upstream, Map<String, TlsSource>> mesh) throws SSLException {
    this.loops = loops;
    this.meters = meters;
    this.answerParts = new AnswerParts(config, wallClock);
    Map<String, Upstream> byName = new HashMap<>();
    Map<String, TlsSource> tls = new HashMap<>();
    for (Upstream upstream : upstreams) {
      byName.put(upstream.name(), upstream);
      Upstream.Tls settings = upstream.tls();
      if (settings != null) {
        if (settings.mesh()) {
          tls.putAll(mesh.apply(upstream));
        } else {
          tls.put(upstream.name(), TlsSource.of(TlsContexts.client(settings)));
        }
      }
    }
    GateParts parts = new GateParts(config, byName, tls, names, loops.transport(), new Outlet(meters));
    this.gates = new LoopGate[loops.count()];
    for (EventExecutor executor : loops.group()) {
      Loop loop = loops.of((EventLoop) executor);
      gates[loop.index()] = new LoopGate(loop, (EventLoop) executor, parts);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>No event comes before this has returned.
   *
   * @throws IllegalStateException if not called on {@code loop}: a defect, counted as a stopped violation
   */
  @Override
  public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream,
      boolean usageAsked, Loop loop, AttemptEvents events) {
    LoopGate gate = on(loop);
    Pool pool = gate.pool(endpoint);
    if (pool == null || gate.isClosed()) {
      if (pool == null) {
        meters.egressRefused();
      }
      return new Stillborn(loop, events, AttemptFailure.of(pool == null ? Kind.GATE_REFUSED : Kind.CONNECT_REFUSED));
    }
    Kind objection = gate.outlet().objection(pool.target(), clearance, receipt);
    if (objection != null) {
      return new Stillborn(loop, events, AttemptFailure.of(objection));
    }
    ModelExchange exchange = new ModelExchange(gate, pool.target(), clearance, receipt, times, stream, usageAsked, answerParts, events);
    exchange.start(pool);
    return exchange;
  }

  /**
   * Asks an endpoint how it is: constant bytes, no clearance. On {@code loop}; {@code answer} is called there, later.
   *
   * @param timeoutNanos for everything, the connection included
   */
  void probe(Endpoint endpoint, Probe probe, long timeoutNanos, Loop loop, ProbeExchange.Answer answer) {
    LoopGate gate = on(loop);
    Pool pool = gate.pool(endpoint);
    if (pool == null || gate.isClosed()) {
      loop.execute(() -> answer.failed(AttemptFailure.of(Kind.GATE_REFUSED)));
      return;
    }
    ProbeExchange exchange = new ProbeExchange(gate, pool.target(), probe, timeoutNanos, answerParts, answer);
    exchange.start(pool);
  }

  /** Connections of the loop, those being made included. On the loop. */
  int connections(Loop loop) {
    return on(loop).connections();
  }

  private LoopGate on(Loop loop) {
    if (!loop.inLoop()) {
      meters.egressRefused();
      throw new IllegalStateException("the gate is used on the request's own loop only");
    }
    return gates[loop.index()];
  }

  /** Closes all connections; what is under way fails. Waits at most a second a loop. */
  @Override
  public void close() {
    for (LoopGate gate : gates) {
      if (!gate.eventLoop().isShuttingDown()) {
        gate.eventLoop().submit(gate::close).awaitUninterruptibly(1, TimeUnit.SECONDS);
      }
    }
  }

  EventLoops loops() {
    return loops;
  }

  /** An attempt that could not begin: fails once the caller has had it returned. */
  private static final class Stillborn implements Attempt {
    private boolean over;

    Stillborn(Loop loop, AttemptEvents events, AttemptFailure failure) {
      loop.execute(() -> {
        if (!over) {
          over = true;
          events.failed(failure);
        }
      });
    }

    @Override
    public void cancel() {
      over = true;
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }
}
