package io.tidegate.forecast;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Forecasts one series, window by window, and learns from every answer (R9.1). Until there are answers to learn from it says what persistence says.
 * Microseconds a window and a bounded amount of memory; not safe for two threads at a time.
 */
public final class Forecaster {
  private static final int MAGIC = 0x54474643;
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 4 * Integer.BYTES;
  /** Past it, nothing is read. */
  public static final int MOST_STATE_BYTES = 64 << 10;
  private static final double MOST_GROWTH = 2;
  /** A count that is larger says no more than this. */
  private static final double MOST = 1e15;

  private final Grid grid;
  private final Past past;
  private final Experts experts;
  private final Mixture mixture;
  private final Spread spread;
  private final Trust trust;
  /** Open forecasts by the window they were made in, as rings of {@code ahead}. */
  private final double[] guesses;
  private final double[] quantiles;
  private final double[] points;
  private final double[] highs;
  private final double[] lasts;
  private final double[] open;
  private long steps;
  private Forecast newest = Forecast.NONE;

  public Forecaster(Grid grid) {
    this.grid = grid;
    this.past = new Past(grid);
    this.experts = new Experts(grid, past);
    this.mixture = new Mixture(Experts.COUNT, 0.5, Math.exp(-1 / (4.0 * grid.perDay())));
    this.spread = new Spread(grid);
    this.trust = new Trust(grid);
    this.guesses = new double[grid.ahead() * Experts.COUNT];
    this.quantiles = new double[grid.ahead() * Spread.COUNT];
    this.points = new double[grid.ahead()];
    this.highs = new double[grid.ahead()];
    this.lasts = new double[grid.ahead()];
    this.open = new double[grid.ahead()];
  }

  /**
   * Takes the next window and forecasts the one {@code ahead} of it.
   *
   * @param counted a count or rate; not-a-number if the window is missing, which nothing is learnt from
   * @throws IllegalArgumentException if it is negative or infinite
   */
  public Forecast next(double counted) {
    if (counted < 0 || Double.isInfinite(counted)) {
      throw new IllegalArgumentException("a count is not negative and not infinite");
    }
    double value = Math.min(counted, MOST);
    boolean missing = Double.isNaN(value);
    boolean binWhole = past.add(value);
    experts.add(value, binWhole);
    int slot = (int) (steps % grid.ahead());
    if (!missing && open[slot] == 1) {
      settle(slot, value);
    }
    trust.step();
    steps++;
    if (past.empty()) {
      return newest;
    }
    experts.forecast(guesses, slot * Experts.COUNT, slot);
    double point = bounded(spread.near(past.last(), mixture.combine(guesses, slot * Experts.COUNT)));
    spread.forecast(point, guesses, slot * Experts.COUNT, quantiles, slot * Spread.COUNT, slot);
    points[slot] = point;
    highs[slot] = Math.max(point, spread.combine(quantiles, slot * Spread.COUNT));
    lasts[slot] = past.last();
    // In a gap everything leans on what is old: nobody is judged by it.
    open[slot] = missing ? 0 : 1;
    newest = new Forecast(past.last(), point, highs[slot]);
    return newest;
  }

  private void settle(int slot, double value) {
    double scale = past.level();
    int from = slot * Experts.COUNT;
    spread.learn(quantiles, slot * Spread.COUNT, highs[slot], points[slot], guesses, from, slot, value, scale);
    mixture.learn(guesses, from, points[slot], value, scale);
    experts.learn(slot, value);
    trust.answer(points[slot], lasts[slot], value);
  }

  /** Not far above all of: now, the last half hour, and the same time yesterday and a week ago. */
  private double bounded(double point) {
    long then = past.binThen();
    double seen = Math.max(past.last(), orNothing(past.mean(3 * grid.perBin(), 0)));
    double before = Math.max(orNothing(past.bins(then - Past.DAY - 1, then - Past.DAY + 1)), orNothing(past.bins(then - Past.WEEK - 1, then - Past.WEEK + 1)));
    return Math.max(0, Math.min(point, MOST_GROWTH * Math.max(seen, before > 0 ? before : past.level())));
  }

  private static double orNothing(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  /** The forecast that {@link #next} returned last. */
  public Forecast newest() {
    return newest;
  }

  /** Whether it was better than persistence over the last day, of which at least half was seen (R9.4). */
  public boolean trusted() {
    return trust.trusted();
  }

  /** Its error over the last day as a part of persistence's; not-a-number while there is nothing to compare. */
  public double errorRatio() {
    return trust.errorRatio();
  }

  /** How much each way to guess counts now. */
  public Map<String, Double> weights() {
    Map<String, Double> weights = new LinkedHashMap<>();
    List<String> names = Experts.names();
    for (int i = 0; i < names.size(); i++) {
      weights.put(names.get(i), mixture.weight(i));
    }
    return weights;
  }

  /** All that was learnt; at most {@link #MOST_STATE_BYTES}. */
  public byte[] save() {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_STATE_BYTES);
    bytes.putInt(MAGIC).putInt(VERSION).putInt(grid.stepSeconds()).putInt(grid.ahead());
    state(State.writing(bytes));
    CRC32C sum = new CRC32C();
    sum.update(bytes.array(), 0, bytes.position());
    bytes.putInt((int) sum.getValue());
    byte[] saved = new byte[bytes.position()];
    bytes.rewind().get(saved);
    return saved;
  }

  /** What {@link #save} kept; empty if it is of another version or grid, or damaged in any way: then it is as well to begin anew. */
  public static Optional<Forecaster> restore(Grid grid, byte[] saved) {
    if (saved.length < HEAD_BYTES + Integer.BYTES || saved.length > MOST_STATE_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(saved);
    CRC32C sum = new CRC32C();
    sum.update(saved, 0, saved.length - Integer.BYTES);
    if (bytes.getInt(saved.length - Integer.BYTES) != (int) sum.getValue() || bytes.getInt() != MAGIC || bytes.getInt() != VERSION
        || bytes.getInt() != grid.stepSeconds() || bytes.getInt() != grid.ahead()) {
      return Optional.empty();
    }
    Forecaster restored = new Forecaster(grid);
    try {
      restored.state(State.reading(bytes));
    } catch (IllegalArgumentException damaged) {
      return Optional.empty();
    }
    return bytes.remaining() == Integer.BYTES ? Optional.of(restored) : Optional.empty();
  }

  private void state(State state) {
    steps = state.whole(steps, 0, Long.MAX_VALUE / 2);
    past.state(state);
    experts.state(state);
    mixture.state(state);
    spread.state(state);
    trust.state(state);
    state.numbers(guesses);
    state.numbers(quantiles);
    state.numbers(points);
    state.numbers(highs);
    state.numbers(lasts);
    state.numbers(open);
    newest = new Forecast(state.gappy(newest.now()), state.gappy(newest.point()), state.gappy(newest.high()));
  }
}
