package io.tidegate.daemon;

import io.netty.handler.ssl.SslContext;
import io.tidegate.config.ScalingConfig;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.scale.Scaling;
import io.tidegate.dispatch.UpstreamPlaces.LimitStatus;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Upstream;
import io.tidegate.net.Door;
import io.tidegate.scaler.ScalerServer;
import io.tidegate.scaler.ScalerService;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What the daemon says about how many replicas there should be: the forecast, and KEDA's listener. Not loaded where both are off. */
final class Replicas implements AutoCloseable {
  private static final long EVERY_SECONDS = 5;

  private final Graph graph;
  private final Scaling scaling;
  /** Null without a listener. */
  private final @Nullable ScalerService service;
  private final @Nullable ScalerServer server;
  private @Nullable Future<?> ticks;

  private Replicas(Graph graph, Scaling scaling, @Nullable ScalerService service, @Nullable ScalerServer server) {
    this.graph = graph;
    this.scaling = scaling;
    this.service = service;
    this.server = server;
  }

  /** Null if the configuration asks for nothing of it. */
  static @Nullable Replicas of(TidegateConfig config, Graph graph, @Nullable Door door, @Nullable SslContext tls) {
    ScalingConfig scaling = config.scaling();
    if (scaling.mode() == ScalingConfig.Mode.OFF && door == null) {
      return null;
    }
    Scaling figures = new Scaling(scaling, new Now(graph, Scaling.decisions(graph.registry)), System::nanoTime, Instant::now, graph.recordsPool);
    figures.gauges(graph.registry);
    ScalerService service = door == null ? null : new ScalerService(figures, System::nanoTime);
    return new Replicas(graph, figures, service,
        door == null || service == null ? null : new ScalerServer(door, tls, graph.loops, service));
  }

  /** Opens the listener, if there is one. */
  void open() throws IOException {
    if (server != null) {
      server.start();
    }
  }

  /** The first look follows a moment later. */
  void start() {
    ticks = graph.loops.group().scheduleAtFixedRate(this::tick, 1, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private void tick() {
    try {
      graph.adminPool.execute(() -> {
        scaling.tick();
        if (service != null) {
          service.tick();
        }
      });
    } catch (RejectedExecutionException full) {
      // The next look sees what this one would have.
      return;
    }
  }

  /** Of KEDA's listener; -1 without one. */
  int port() {
    return server == null ? -1 : server.port();
  }

  String page() {
    return scaling.page();
  }

  /** Blocking, a second at most. */
  @Override
  public void close() {
    if (ticks != null) {
      ticks.cancel(false);
    }
    if (server != null) {
      server.close();
    }
    scaling.close();
  }

  /** The daemon's load as it is now. */
  private record Now(Graph graph, DoubleSupplier counter) implements Scaling.Load {
    @Override
    public double decisions() {
      return counter.getAsDouble();
    }

    @Override
    public double queueDepth() {
      return Arrays.stream(LatencyClass.values()).mapToLong(graph.waiting::depth).sum();
    }

    /** Of the fullest upstream. */
    @Override
    public double saturation() {
      List<LimitStatus> limits = graph.health.places().limits();
      return graph.config.upstreams().stream().mapToDouble(upstream -> saturation(limits, upstream)).max().orElse(0);
    }

    private static double saturation(List<LimitStatus> limits, Upstream upstream) {
      List<LimitStatus> all = limits.stream().filter(limit -> limit.upstream().equals(upstream.name())).toList();
      // The limits that bind: an account's, where there is one, else those of the endpoints.
      List<LimitStatus> account = all.stream().filter(limit -> limit.endpoint().isEmpty()).toList();
      List<LimitStatus> binding = account.isEmpty() ? all : account;
      double limit = binding.stream().mapToInt(LimitStatus::limit).sum();
      return limit == 0 ? 0 : binding.stream().mapToInt(LimitStatus::inFlight).sum() / limit;
    }
  }
}
