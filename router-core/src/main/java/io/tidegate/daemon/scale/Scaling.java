package io.tidegate.daemon.scale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.config.ScalingConfig;
import io.tidegate.config.ScalingConfig.Mode;
import io.tidegate.forecast.Forecast;
import io.tidegate.forecast.Forecaster;
import io.tidegate.forecast.Grid;
import io.tidegate.scaler.Figures;
import io.tidegate.telemetry.Names;
import io.tidegate.time.Ticker;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the counter of decisions every few seconds: keeps the rate, feeds the forecaster when a window ends, and keeps on disk what it learnt. In shadow
 * nobody is told the forecast but the metrics and the page; acting, KEDA is, as long as the forecast beat persistence over the last day (R9.4).
 */
public final class Scaling implements Figures, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scaling.class);
  private static final double MIDDLE = 0.5;
  private static final double HIGH = 0.9;

  private final ScalingConfig config;
  private final Load load;
  private final Ticker ticker;
  private final WallClock clock;
  private final Executor files;
  private final Arrivals arrivals = new Arrivals();
  private final Windows windows;
  private final StateFile file;
  private volatile Shown shown = new Shown(0, false, Forecast.NONE, Double.NaN, false);
  private boolean begun;
  private boolean learnt;

  /** What is asked of the rest of the daemon. */
  public interface Load {
    /** Decisions since the start. */
    double decisions();

    double queueDepth();

    double saturation();
  }

  /** What others see, as of one moment. */
  private record Shown(double perSecond, boolean settled, Forecast forecast, double errorRatio, boolean trusted) {}

  /** @param files runs what reads or writes the state; may refuse */
  public Scaling(ScalingConfig config, Load load, Ticker ticker, WallClock clock, Executor files) {
    this.config = config;
    this.load = load;
    this.ticker = ticker;
    this.clock = clock;
    this.files = files;
    this.windows = new Windows(Grid.of(config.window()));
    this.file = new StateFile(config.state());
  }

  /** The counter of decisions, whatever its labels are. Series that go away, as those of a rule that a new policy does not have, take nothing off. */
  public static DoubleSupplier decisions(MeterRegistry registry) {
    return new DoubleSupplier() {
      private Map<Meter.Id, Double> before = Map.of();
      private double total;

      @Override
      public synchronized double getAsDouble() {
        Map<Meter.Id, Double> now = new HashMap<>();
        for (Counter counter : registry.find(Names.DECISIONS).counters()) {
          double count = counter.count();
          double seen = before.getOrDefault(counter.getId(), 0.0);
          total += count >= seen ? count - seen : count;
          now.put(counter.getId(), count);
        }
        before = now;
        return total;
      }
    };
  }

  /** Shows the forecast; it is not-a-number until there is one. */
  public void gauges(MeterRegistry registry) {
    if (config.mode() == Mode.OFF) {
      return;
    }
    Gauge.builder(Names.FORECAST, this, scaling -> scaling.shown.forecast.point()).tag("estimate", Double.toString(MIDDLE))
        .register(registry);
    Gauge.builder(Names.FORECAST, this, scaling -> scaling.shown.forecast.high()).tag("estimate", Double.toString(HIGH))
        .register(registry);
    Gauge.builder(Names.FORECAST_ERROR, this, scaling -> scaling.shown.errorRatio)
        .register(registry);
    Gauge.builder(Names.FORECAST_ACTING, this, scaling -> scaling.acting() ? 1 : 0)
        .register(registry);
  }

  /** Every few seconds, on a thread that may take a millisecond; one at a time. */
  public synchronized void tick() {
    double total = load.decisions();
    arrivals.look(ticker.nanos(), total);
    boolean ended = false;
    if (config.mode() != Mode.OFF) {
      if (!begun) {
        begun = true;
        resume();
      }
      ended = windows.look(clock.now(), total);
    }
    Forecaster forecaster = windows.forecaster();
    boolean trustedBefore = shown.trusted;
    shown = new Shown(arrivals.perSecond(), arrivals.settled(), forecaster.newest(), forecaster.errorRatio(), forecaster.trusted());
    if (config.mode() == Mode.ACT && shown.trusted != trustedBefore) {
      LOG.info("forecast: {} over the last day, so it is {} acted on", shown.trusted ? "better than persistence" : "not better than persistence",
          shown.trusted ? "now" : "no longer");
    }
    if (ended) {
      learnt = true;
      byte[] state = forecaster.save();
      long last = windows.last();
      try {
        files.execute(() -> keep(state, last));
      } catch (RejectedExecutionException full) {
        LOG.debug("the forecast's state is kept at the next window");
      }
    }
  }

  private void resume() {
    try {
      file.read(Grid.of(config.window())).ifPresent(kept -> windows.resume(kept.forecaster(), kept.last()));
    } catch (IOException unreadable) {
      LOG.warn("forecast.state cannot be read ({}): the forecast begins anew", unreadable.getClass().getSimpleName());
    }
  }

  private void keep(byte[] state, long last) {
    try {
      file.write(state, last);
    } catch (IOException e) {
      LOG.warn("forecast.state cannot be written ({}): the forecast will begin anew after a restart", e.getClass().getSimpleName());
    }
  }

  @Override
  public double requestsPerSecond() {
    return shown.perSecond;
  }

  @Override
  public double queueDepth() {
    return load.queueDepth();
  }

  @Override
  public double saturation() {
    return load.saturation();
  }

  @Override
  public double forecast(boolean high) {
    Shown now = shown;
    return acting() ? high ? now.forecast.high() : now.forecast.point() : now.perSecond;
  }

  @Override
  public boolean settled() {
    return shown.settled;
  }

  private boolean acting() {
    return config.mode() == Mode.ACT && shown.trusted && shown.forecast.known();
  }

  /** JSON for {@code /admin/forecast}. */
  public synchronized String page() {
    Shown now = shown;
    JsonWriter out = new JsonWriter().beginObject().key("mode").string(config.mode().name().toLowerCase(java.util.Locale.ROOT));
    number(out.key("requests_per_second"), now.perSecond);
    if (config.mode() != Mode.OFF) {
      out.key("window_seconds").number(config.window()).key("ahead_seconds").number((long) config.window() * Grid.of(config.window()).ahead());
      number(out.key("forecast_rps"), now.forecast.point());
      number(out.key("forecast_rps_high"), now.forecast.high());
      number(out.key("error_ratio"), now.errorRatio);
      out.key("trusted").bool(now.trusted).key("acting").bool(acting()).key("weights").beginObject();
      windows.forecaster().weights().forEach((name, weight) -> {
        if (weight > 0) {
          out.key(name).number(Math.round(weight * 1000) / 1000.0);
        }
      });
      out.endObject();
    }
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8) + "\n";
  }

  private static void number(JsonWriter out, double value) {
    if (Double.isFinite(value)) {
      out.number(Math.round(value * 1000) / 1000.0);
    } else {
      out.nullValue();
    }
  }

  /** Keeps what was learnt once more. Blocking. */
  @Override
  public synchronized void close() {
    if (learnt) {
      keep(windows.forecaster().save(), windows.last());
    }
  }
}
