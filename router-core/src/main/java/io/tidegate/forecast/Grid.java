package io.tidegate.forecast;

/**
 * The windows that a series is counted in, and how far ahead is looked.
 *
 * @param stepSeconds a window's length; bins of ten minutes, by which days are compared, are whole numbers of windows
 * @param ahead windows from the newest to the one that is forecast
 */
public record Grid(int stepSeconds, int ahead) {
  static final int BIN_SECONDS = 600;
  private static final int AHEAD_SECONDS = 1800;
  private static final int SHORTEST_SECONDS = 60;

  public static final Grid TEN_MINUTES = of(600);
  public static final Grid ONE_MINUTE = of(60);

  public Grid {
    if (stepSeconds < SHORTEST_SECONDS || BIN_SECONDS % stepSeconds != 0 || ahead < 1 || (long) ahead * stepSeconds > 2L * AHEAD_SECONDS) {
      throw new IllegalArgumentException("windows divide ten minutes and last a minute or more; at most an hour ahead");
    }
  }

  /** Half an hour ahead, in windows of {@code stepSeconds}: 60, 120, 200, 300 or 600. */
  public static Grid of(int stepSeconds) {
    return new Grid(stepSeconds, stepSeconds < 1 ? 0 : AHEAD_SECONDS / stepSeconds);
  }

  int perBin() {
    return BIN_SECONDS / stepSeconds;
  }

  public int perDay() {
    return 86_400 / stepSeconds;
  }
}
