package io.tidegate.config;

import io.tidegate.cost.Price;
import io.tidegate.cost.Price.Hours;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one entry of {@code prices}. */
final class PriceBinder {
  private static final double MOST = 1_000_000;
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final Pattern HOURS = Pattern.compile("(?:([a-z]{3})-([a-z]{3}) )?([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})");
  private static final int ALL_DAYS = 0b1111111;

  private PriceBinder() {}

  /** Empty after a problem. */
  static Optional<Price> bind(Section s) {
    Optional<String> upstream = s.needed("upstream", text -> text);
    double input = s.decimal("input", 0, MOST, 0);
    Price price = new Price(upstream.orElse(""), input, s.decimal("cachedInput", 0, MOST, input), s.decimal("output", 0, MOST, 0),
        s.integer("batchPercent", 0, 100, 100), s.integer("peakPercent", 1, 1000, 100), s.optional("peakZone", PriceBinder::zone).orElse(ZoneId.of("UTC")),
        s.list("peakHours", PriceBinder::hours));
    s.end();
    return upstream.map(there -> price);
  }

  private static ZoneId zone(String text) throws Malformed {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException unknown) {
      throw new Malformed("there is no such time zone", "write one such as Asia/Shanghai or UTC");
    }
  }

  private static Hours hours(String text) throws Malformed {
    Matcher parts = HOURS.matcher(text);
    try {
      if (parts.matches()) {
        int days = parts.group(1) == null ? ALL_DAYS : days(DAYS.indexOf(parts.group(1)), DAYS.indexOf(parts.group(2)));
        LocalTime from = LocalTime.parse(parts.group(3));
        LocalTime until = parts.group(4).equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(parts.group(4));
        if (days != 0 && (until.equals(LocalTime.MIDNIGHT) || from.isBefore(until))) {
          return new Hours(days, from, until);
        }
      }
    } catch (DateTimeException noTime) {
      throw bad();
    }
    throw bad();
  }

  private static int days(int first, int last) {
    return first < 0 || last < first ? 0 : (1 << last + 1) - (1 << first);
  }

  private static Malformed bad() {
    return new Malformed("these are no hours of a day", "write 'mon-fri 09:00-12:00' or '22:00-24:00'");
  }
}
