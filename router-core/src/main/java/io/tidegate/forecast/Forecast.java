package io.tidegate.forecast;

/**
 * What is expected, in the unit of what was counted.
 *
 * @param now the newest value that was seen: what persistence would say
 * @param point as likely too low as too high
 * @param high exceeded one time in ten
 */
public record Forecast(double now, double point, double high) {
  /** Before anything was seen. */
  public static final Forecast NONE = new Forecast(Double.NaN, Double.NaN, Double.NaN);

  public boolean known() {
    return !Double.isNaN(point);
  }
}
