package io.tidegate.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A line on standard error that says how far a long command is: on a terminal, once it has taken a second, at most ten times a second; quiet otherwise,
 * so that logs and pipes hold nothing of it. Cleared at the end, whatever the end was. It is told counts and fixed words, never what was read (G3).
 * One thread.
 */
public final class Progress implements AutoCloseable {
  private static final long AFTER_NANOS = 1_000_000_000;
  private static final long EVERY_NANOS = 100_000_000;
  private static final int BAR = 24;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final boolean shown;
  private final int columns;
  private final LongSupplier nanos;
  private final String what;
  private final long begun;
  private long told;
  private boolean drawn;

  /**
   * @param screen what stands behind {@code err}
   * @param what is counted, such as {@code decisions}
   */
  public Progress(PrintStream err, Screen screen, LongSupplier nanos, String what) {
    this.err = err;
    this.shown = screen.terminal();
    this.columns = screen.columns();
    this.nanos = nanos;
    this.what = what;
    this.begun = nanos.getAsLong();
    this.told = begun;
  }

  /** On this process's standard error. */
  public static Progress onStandardError(String what) {
    return new Progress(System.err, Screen.of(Screen.ERR, System.getenv()), System::nanoTime, what);
  }

  /**
   * So much is done.
   *
   * @param of how much there is; 0 where nobody knows
   */
  public void at(long done, long of) {
    if (!shown) {
      return;
    }
    long now = nanos.getAsLong();
    if (now - begun < AFTER_NANOS || now - told < EVERY_NANOS) {
      return;
    }
    told = now;
    String line = line(done, of, (now - begun) / 1e9);
    err.print(CLEAR + (line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1))));
    err.flush();
    drawn = true;
  }

  private String line(long done, long of, double seconds) {
    String rate = String.format(Locale.ROOT, "%,.0f/s", done / seconds);
    if (of <= 0) {
      return String.format(Locale.ROOT, "%,d %s  %s  %.0f s", done, what, rate, seconds);
    }
    double share = Math.min(1, (double) done / of);
    int full = (int) (share * BAR);
    String left = done == 0 || share >= 1 ? "" : String.format(Locale.ROOT, "  %.0f s left", seconds * (1 - share) / share);
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]" + String.format(Locale.ROOT, " %3.0f %%  %,d of %,d %s  %s%s", share * 100, done, of, what, rate,
        left);
  }

  /** Takes the line away. */
  @Override
  public void close() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
      drawn = false;
    }
  }
}
