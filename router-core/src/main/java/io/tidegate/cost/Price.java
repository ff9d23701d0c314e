package io.tidegate.cost;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * What an upstream charges, in any currency, for a million tokens.
 *
 * @param cachedInput of a prompt's tokens that its cache held
 * @param batchPercent of the price that lines of jobs cost; 100 where there is no tariff
 * @param peakPercent of the price that is charged in peak hours
 * @param peakZone whose clock the peak hours go by
 * @param peak none for an upstream that charges the same all day
 */
public record Price(String upstream, double input, double cachedInput, double output, int batchPercent, int peakPercent, ZoneId peakZone, List<Hours> peak) {
  private static final double MILLION = 1e6;

  public Price {
    peak = List.copyOf(peak);
  }

  /**
   * Hours of some days.
   *
   * @param days bit 0 for Monday
   * @param until not included; midnight for the day's end
   */
  public record Hours(int days, LocalTime from, LocalTime until) {
    boolean hold(ZonedDateTime time) {
      LocalTime clock = time.toLocalTime();
      return (days >>> time.getDayOfWeek().ordinal() & 1) == 1 && !clock.isBefore(from) && (until.equals(LocalTime.MIDNIGHT) || clock.isBefore(until));
    }
  }

  /** What so many tokens cost then. */
  public double of(long inputTokens, long cachedTokens, long outputTokens, Instant at) {
    double plain = ((inputTokens - cachedTokens) * input + cachedTokens * cachedInput + outputTokens * output) / MILLION;
    return peak.stream().anyMatch(hours -> hours.hold(at.atZone(peakZone))) ? plain * peakPercent / 100 : plain;
  }
}
