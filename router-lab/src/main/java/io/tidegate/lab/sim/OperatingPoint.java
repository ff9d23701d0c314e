package io.tidegate.lab.sim;

import java.util.SplittableRandom;

/**
 * Under what circumstances something is measured: traffic, servers, and what goes wrong.
 *
 * @param erlang mean number of requests that the traffic would keep busy
 * @param queue requests that wait beyond the slots; the next one is told 503
 * @param periodNanos between the beginnings of two faults; 0 for no faults
 * @param faultNanos how long one lasts
 * @param faultShare of requests that fail while it lasts; 1 for a dead server
 */
public record OperatingPoint(String name, String trace, double erlang, int slots, int queue, long periodNanos, long faultNanos, double faultShare) {
  private static final long MINUTE = 60_000_000_000L;

  public static final OperatingPoint SHORT_OUTAGE = new OperatingPoint("short full outage: dead for 10 s of every 5 min", Trace.CHAT, 12, 24, 24, 5 * MINUTE,
      10_000_000_000L, 1);
  public static final OperatingPoint PARTIAL_FAULT = new OperatingPoint("brief partial fault: 30 % answered 500 for 30 s of every 5 min", Trace.CHAT, 12, 24, 24,
      5 * MINUTE, MINUTE / 2, 0.3);
  public static final OperatingPoint OVERLOAD = new OperatingPoint("sustained overload: chat, 12 erlang at 8 slots", Trace.CHAT, 12, 8, 0, 0, 0, 0);
  public static final OperatingPoint BURSTS_6 = new OperatingPoint("bursts: code, 3.8 erlang at 6 slots", Trace.CODE, 3.8, 6, 0, 0, 0, 0);
  public static final OperatingPoint BURSTS_3 = new OperatingPoint("bursts and overload: code, 3.8 erlang at 3 slots", Trace.CODE, 3.8, 3, 0, 0, 0, 0);

  /** The server's pace at which {@code traffic} is so many erlang. */
  ServiceModel service(Trace traffic) {
    double seconds = traffic.lengthNanos() / 1e9;
    double wanted = erlang * seconds / traffic.arrivals().size();
    return ServiceModel.USUAL.times(wanted / ServiceModel.USUAL.meanSeconds(traffic));
  }

  /** Lets go wrong with {@code server} what goes wrong here. */
  void spoil(VirtualTime time, ModelServer server, long untilNanos, SplittableRandom random) {
    if (periodNanos == 0) {
      return;
    }
    for (long at = (long) (random.nextDouble() * periodNanos); at < untilNanos; at += periodNanos) {
      time.at(at, () -> fault(server, true));
      time.at(at + faultNanos, () -> fault(server, false));
    }
  }

  private void fault(ModelServer server, boolean begins) {
    if (faultShare >= 1) {
      server.down(begins);
    } else {
      server.failing(begins ? faultShare : 0);
    }
  }
}
