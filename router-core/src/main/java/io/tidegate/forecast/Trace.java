package io.tidegate.forecast;

import java.util.ArrayList;
import java.util.List;

/**
 * A series as a file holds it: a line {@code t_s,rate_rps}, then a time in seconds and a rate for each window.
 *
 * @param values a window each; not-a-number where it is missing
 */
public record Trace(Grid grid, double[] values) {
  private static final int MOST_WINDOWS = 1 << 20;
  /** Requests a second; sums and products of such stay numbers. */
  private static final double MOST_RATE = 1e9;

  /**
   * Reads lines. Windows that have no line are missing; those of rate 0 too, if {@code zeroIsGap}.
   *
   * @throws IllegalArgumentException that says which line is wrong, and how
   */
  public static Trace parse(List<String> lines, boolean zeroIsGap) {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || i == 0 && !line.isEmpty() && !startsNumber(line)) {
        continue;
      }
      rows.add(row(line, i + 1));
    }
    if (rows.size() < 2) {
      throw new IllegalArgumentException("there are fewer than two windows");
    }
    double step = Double.MAX_VALUE;
    for (int i = 1; i < rows.size(); i++) {
      double apart = rows.get(i)[0] - rows.get(i - 1)[0];
      if (apart <= 0) {
        throw new IllegalArgumentException("line " + (int) rows.get(i)[2] + " is not later than the line before");
      }
      step = Math.min(step, apart);
    }
    if (step != Math.rint(step) || step < 1 || step > Grid.BIN_SECONDS) {
      throw new IllegalArgumentException("windows are " + step + " s apart; 60, 120, 200, 300 or 600 can be forecast");
    }
    Grid grid;
    try {
      grid = Grid.of((int) step);
    } catch (IllegalArgumentException odd) {
      throw new IllegalArgumentException("windows are " + (int) step + " s apart; 60, 120, 200, 300 or 600 can be forecast", odd);
    }
    double windows = (rows.get(rows.size() - 1)[0] - rows.get(0)[0]) / step + 1;
    if (windows > MOST_WINDOWS) {
      throw new IllegalArgumentException("there are more than " + MOST_WINDOWS + " windows");
    }
    double[] values = new double[(int) windows];
    java.util.Arrays.fill(values, Double.NaN);
    for (double[] row : rows) {
      double place = (row[0] - rows.get(0)[0]) / step;
      if (place != Math.rint(place)) {
        throw new IllegalArgumentException("the window at " + row[0] + " s is not a whole number of windows after the first");
      }
      values[(int) place] = zeroIsGap && row[1] == 0 ? Double.NaN : row[1];
    }
    return new Trace(grid, values);
  }

  private static boolean startsNumber(String line) {
    char first = line.charAt(0);
    return first >= '0' && first <= '9' || first == '-' || first == '.' || first == '+';
  }

  /** Time, rate, and the line it stands on. */
  private static double[] row(String line, int number) {
    String[] parts = line.split(",", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("line " + number + " has " + parts.length + (parts.length == 1 ? " column" : " columns") + " where a time and a rate are wanted");
    }
    double time;
    double rate;
    try {
      time = Double.parseDouble(parts[0].strip());
      rate = parts[1].isBlank() ? Double.NaN : Double.parseDouble(parts[1].strip());
    } catch (NumberFormatException noNumber) {
      throw new IllegalArgumentException("line " + number + " is not a time and a rate", noNumber);
    }
    if (!Double.isFinite(time) || rate < 0 || rate > MOST_RATE) {
      throw new IllegalArgumentException("line " + number + " is not a time and a rate from 0 to " + (long) MOST_RATE);
    }
    return new double[] {time, rate, number};
  }
}
