package io.tidegate.upstream.gate;

import io.netty.channel.EventLoop;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.ServerLoad;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.time.Loop;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks each endpoint now and then how it is, and tells the board. One loop does it for all; at most one probe per endpoint is under way.
 * Confined to that loop but for {@link #start} and {@link #close}.
 */
public final class Probes implements AutoCloseable {
  private static final int TICKS_PER_INTERVAL = 5;
  private static final double JITTER_RATIO = 0.2;

  private final UpstreamGate gate;
  private final Map<String, Probe> probes = new HashMap<>();
  private final Map<String, Probe> second = new HashMap<>();
  private final HealthBoard board;
  private final Schedule schedule;
  private final RandomGenerator random;
  private final Loop loop;
  private final Map<Endpoint, Turn> turns = new HashMap<>();
  private Loop.@Nullable Timer timer;
  private boolean closed;

  /**
   * @param interval between two probes of an endpoint, give or take a fifth
   * @param timeout for one probe, the connection included; shorter than the interval
   */
  public record Schedule(Duration interval, Duration timeout) {
    public static final Schedule DEFAULT = new Schedule(Duration.ofSeconds(5), Duration.ofSeconds(2));

    public Schedule {
      if (interval.isNegative() || interval.isZero() || timeout.isNegative() || timeout.isZero() || timeout.compareTo(interval) > 0) {
        throw new IllegalArgumentException("a probe's time-out must be above 0 and not above the interval");
      }
    }
  }

  /** When an endpoint is to be asked again; confined to the loop. */
  private static final class Turn {
    long dueNanos;
    boolean underWay;
  }

  /** @param upstreams those that may be probed; how is their dialect's matter, DeepSeek is not */
  public Probes(UpstreamGate gate, Collection<Upstream> upstreams, HealthBoard board, Schedule schedule, RandomGenerator random) {
    this.gate = gate;
    this.board = board;
    this.schedule = schedule;
    this.random = random;
    for (Upstream upstream : upstreams) {
      Probe.of(upstream.dialect()).ifPresent(probe -> probes.put(upstream.name(), probe));
      Probe.then(upstream.dialect()).ifPresent(probe -> second.put(upstream.name(), probe));
    }
    this.loop = gate.loops().of((EventLoop) gate.loops().group().iterator().next());
  }

  /** Begins; every endpoint is asked soon. */
  public void start() {
    loop.execute(this::tick);
  }

  private void tick() {
    if (closed) {
      return;
    }
    long now = loop.nanos();
    Set<Endpoint> present = new HashSet<>();
    for (Map.Entry<String, Probe> entry : probes.entrySet()) {
      List<Endpoint> endpoints = board.endpoints(entry.getKey());
      for (Endpoint endpoint : endpoints) {
        present.add(endpoint);
        Turn turn = turns.computeIfAbsent(endpoint, e -> firstTurn(now));
        if (!turn.underWay && now - turn.dueNanos >= 0) {
          ask(endpoint, entry.getValue(), turn);
        }
      }
    }
    turns.keySet().retainAll(present);
    timer = loop.schedule(this::tick, Math.max(1, schedule.interval().toNanos() / TICKS_PER_INTERVAL));
  }

  private static Turn firstTurn(long now) {
    Turn turn = new Turn();
    turn.dueNanos = now;
    return turn;
  }

  private void ask(Endpoint endpoint, Probe probe, Turn turn) {
    turn.underWay = true;
    gate.probe(endpoint, probe, schedule.timeout().toNanos(), loop, new ProbeExchange.Answer() {
      @Override
      public void healthy() {
        board.probed(endpoint, true);
        Probe next = second.get(endpoint.upstream());
        if (next == null) {
          again(turn);
        } else {
          // Later: the connection is given back only when this has returned.
          loop.execute(() -> askForLoad(endpoint, next, turn));
        }
      }

      @Override
      public void failed(AttemptFailure failure) {
        again(turn);
        switch (failure.kind()) {
          // As sure a sign as when a request meets it.
          case CONNECT_REFUSED -> {
            board.failed(endpoint, failure);
            board.probed(endpoint, false);
          }
          case LOADING, BUSY -> board.failed(endpoint, failure);
          case POOL_FULL, REFUSED_STREAM, GATE_REFUSED, CANCELLED -> { }
          default -> board.probed(endpoint, false);
        }
      }
    });
  }

  /** Not knowing it changes nothing: the endpoint is well. */
  private void askForLoad(Endpoint endpoint, Probe probe, Turn turn) {
    gate.probe(endpoint, probe, schedule.timeout().toNanos(), loop, new ProbeExchange.Answer() {
      @Override
      public void load(ServerLoad load) {
        board.told(endpoint, load);
      }

      @Override
      public void healthy() {
        again(turn);
      }

      @Override
      public void failed(AttemptFailure failure) {
        again(turn);
        if (failure.kind() == AttemptFailure.Kind.CONNECT_REFUSED) {
          board.failed(endpoint, failure);
          board.probed(endpoint, false);
        }
      }
    });
  }

  private void again(Turn turn) {
    turn.underWay = false;
    double factor = 1 - JITTER_RATIO + 2 * JITTER_RATIO * random.nextDouble();
    turn.dueNanos = loop.nanos() + (long) (schedule.interval().toNanos() * factor);
  }

  @Override
  public void close() {
    loop.execute(() -> {
      closed = true;
      if (timer != null) {
        timer.cancel();
      }
    });
  }
}
