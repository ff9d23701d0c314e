package io.tidegate.lab.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Plays a trace to a service: callers come when the trace says, whatever becomes of those before (open loop). */
public final class Simulation {
  /** Long enough for whatever is under way to end. */
  private static final long AFTERMATH_NANOS = 2 * 3_600 * 1_000_000_000L;

  private Simulation() {}

  /**
   * Plays all of it and lets it run out.
   *
   * @param wish makes a caller's wish of an arrival
   * @throws IllegalStateException if a request had no end, or more than one, or anything is left
   */
  public static List<Outcome> play(VirtualTime time, Trace trace, Service service, Function<Arrival, Ask> wish) {
    return play(time, trace, arrival -> service, List.of(service), wish);
  }

  /** Plays it to several services. */
  public static List<Outcome> play(VirtualTime time, Trace trace, Function<Arrival, Service> to, List<? extends Service> all, Function<Arrival, Ask> wish) {
    List<Outcome> outcomes = new ArrayList<>(trace.arrivals().size());
    long start = time.nanos();
    for (Arrival arrival : trace.arrivals()) {
      time.runTo(start + arrival.atNanos());
      outcomes.add(to.apply(arrival).ask(wish.apply(arrival)));
    }
    time.runTo(start + trace.lengthNanos());
    time.runTo(time.nanos() + AFTERMATH_NANOS);
    for (Outcome outcome : outcomes) {
      if (outcome.ends() != 1) {
        throw new IllegalStateException("a request ended " + outcome.ends() + " times");
      }
    }
    for (Service service : all) {
      if (service.left() != 0) {
        throw new IllegalStateException(service.left() + " things are left under way");
      }
    }
    return outcomes;
  }
}
